//! What listening teams ask, in the languages of the load set.

/// Fifty queries: brands under all their names, held against topics, spam and their own accounts taken out, cut down by
/// language, platform, judgement and time; phrases, NEAR and wildcards; and a few short ones, as people type while they look around.
pub(crate) const QUERIES: [&str; 50] = [
    // Brands under all their names, with topics, without noise.
    "(@AmericanAir OR #americanairlines OR #aateam OR \"american airlines\" OR \"american air\" OR americanair) \
     AND (delay* OR cancel* OR late OR waiting OR stuck OR missed OR rebook*) \
     AND NOT (giveaway OR contest OR hiring OR \"win tickets\" OR stock OR shares)",
    "(@Delta OR #delta OR #deltaairlines OR \"delta airlines\" OR \"delta air lines\" OR deltaassist) \
     AND (bag OR bags OR luggage OR baggage OR suitcase* OR lost OR damag* OR claim*) \
     AND NOT (river OR force OR faucet OR \"delta variant\" OR goodrem)",
    "(@SouthwestAir OR #southwest OR #southwestheart OR \"southwest airlines\" OR southwestair OR swa) \
     AND ((refund* OR voucher* OR credit OR charged) NEAR/10 (never OR still OR waiting OR wrong OR twice OR no)) \
     AND NOT (giveaway OR stock)",
    "(@JetBlue OR #jetblue OR jetblue OR \"jet blue\") AND (seat OR seats OR crew OR tv OR wifi OR food OR snack) \
     AND NOT (hiring OR job OR jobs)",
    "(@British_Airways OR #britishairways OR \"british airways\" OR ba OR @VirginAtlantic OR \"virgin atlantic\" \
     OR @VirginAmerica OR \"virgin america\" OR #wheelsup) AND (upgrade OR lounge OR gate OR boarding OR checkin OR \
     \"check in\") AND NOT (job OR hiring OR giveaway)",
    "(@AlaskaAir OR \"alaska airlines\" OR alaskaair OR @AirAsiaSupport OR airasia OR \"air asia\") \
     AND (refund OR reply OR response OR email OR chat OR answer OR waiting) AND NOT (promo OR giveaway OR \"free seats\")",
    "(@AppleSupport OR apple OR iphone OR ipad OR macbook OR ios OR icloud OR itunes OR #apple OR #iphone) \
     AND (update OR updated OR battery OR crash OR crashing OR freeze OR frozen OR bug OR slow OR broken) \
     AND NOT (juice OR pie OR cider OR \"apple pie\" OR giveaway)",
    "(ios OR iphone OR @AppleSupport) AND ((not OR doesn't OR won't OR stopped OR keeps) NEAR/3 (work* OR open* OR load* OR \
     charg* OR crash* OR updat*)) AND NOT (android OR samsung)",
    "(mcdonalds OR mcdonald OR @McDonalds OR #mcdonalds OR mcd OR \"mickey d's\" OR bigmac OR \"big mac\") \
     AND (cold OR wrong OR slow OR rude OR dirty OR order OR sauce OR nuggets OR fries) AND NOT (stock OR shares OR hiring)",
    "(nike OR @NikeSupport OR #nike OR nikeplus OR \"nike app\" OR snkrs) AND (order OR delivery OR shipping OR \
     return OR size OR run OR app OR sync) AND NOT (giveaway OR release OR resale)",
    "(walmart OR @Walmart OR #walmart OR \"wal mart\" OR wal-mart) AND (store OR order OR pickup OR cashier OR line OR \
     manager OR employee OR refund) AND NOT (stock OR shares OR giveaway)",
    "(rbc OR @AskRBC OR \"royal bank\" OR #rbc) AND (card OR account OR fee OR branch OR transfer OR app OR login)",
    "(сбербанк* OR сбер OR @sberbank OR #сбербанк OR \"сбербанк онлайн\") \
     AND (карт* OR банкомат* OR деньги OR кредит* OR очеред* OR приложени* OR ошибк*) \
     AND NOT (вакансия OR акции OR биржа OR курс OR розыгрыш)",
    "(втб OR втб24 OR \"втб 24\" OR альфабанк OR \"альфа банк\" OR @alfa_bank OR россельхозбанк OR газпромбанк OR райффайзен \
     OR тинькофф) AND (кредит OR ипотека OR вклад OR ставка OR процент OR карта OR долг) AND NOT (вакансия OR биржа)",
    "(билайн OR beeline OR @beeline_rus OR @beeline OR @_beeline_kz OR #билайн OR билайна OR билайне) AND (связь OR интернет \
     OR сеть OR скорость OR роуминг OR тариф OR деньги OR баланс OR оператор OR \"не работает\") AND NOT (розыгрыш OR вакансия \
     OR конкурс)",
    "(мтс OR @ru_mts OR #мтс OR mts OR мегафон OR @megafonru OR @megafonhelp OR #мегафон OR теле2 OR tele2) \
     AND (интернет OR связь OR 3g OR lte OR модем OR тариф OR смс OR \"нет сети\" OR \"не работает\") \
     AND NOT (концерт OR вакансия OR акции OR конкурс)",
    "(酒店 OR 宾馆 OR 房间 OR 客房) AND (服务 OR 前台 OR 态度 OR 早餐 OR 卫生 OR 隔音) AND NOT (招聘 OR 广告)",
    "(手机 OR 电脑 OR 笔记本 OR 屏幕 OR 电池) AND (质量 OR 问题 OR 售后 OR 退货 OR 发货) AND NOT 广告",
    "(영화 OR 배우 OR 감독 OR 연기) AND (최고 OR 재미 OR 감동 OR 최악 OR 지루) AND NOT (알바 OR 평점)",
    "(\"iş bankası\" OR işbank OR işcep OR maximum OR bankamatik OR kart OR kredi) AND (para OR hesap OR ücret OR iade OR \
     müşteri OR mağdur OR şikayet) AND NOT (reklam OR çekiliş)",
    // Brands with filters: what a dashboard shows.
    "(@AmericanAir OR americanair OR #americanairlines) AND sentiment:negative AND lang:en",
    "(@Delta OR #delta OR \"delta airlines\") AND sentiment:positive AND NOT from:Delta",
    "(@AppleSupport OR iphone OR ios) AND intent:question AND lang:en AND NOT is:own",
    "(@AppleSupport OR iphone OR ios) AND needs:reply AND NOT type:review",
    "(билайн OR @beeline_rus OR #билайн OR мтс OR @ru_mts OR #мтс OR мегафон OR @megafonru) AND sentiment:negative AND lang:ru",
    "(сбербанк OR @sberbank OR #сбербанк OR втб OR альфабанк) AND (intent:complaint OR sentiment:negative)",
    "from:(AppleSupport OR AirAsiaSupport OR McDonalds OR NikeSupport OR Walmart OR AskRBC) AND (sorry OR apologize OR dm)",
    "platform:naver_movie AND rating:<=3 AND (연기 OR 스토리 OR 감독)",
    "platform:naver_movie AND rating:>=9 AND NOT 최고",
    "type:review AND (hotel OR room OR staff OR breakfast OR 酒店 OR 房间 OR отель) AND sentiment:negative",
    "intent:complaint AND type:reply AND lang:(en OR es OR fr OR de)",
    "needs:reply AND lang:en AND platform:twitter",
    "has:link AND (news OR новости OR noticias OR ข่าว OR haber) AND NOT is:own",
    "lang:(pt OR es) AND sentiment:negative AND (serviço OR servicio OR atendimento OR internet OR banco)",
    // Time ranges: campaigns, crises, last quarter.
    "(flight OR flights OR plane OR airport OR airline) AND (cancelled OR delayed OR stuck) AND published:2017-10-01..2017-12-31",
    "(iphone OR ios OR apple) AND (update OR battery) AND published:2017-10-01..2017-11-15 AND sentiment:negative",
    "(кредит* OR карт* OR банк* OR вклад*) AND published:>=2015-01-01",
    "(covid OR covid19 OR corona OR coronavirus OR lockdown OR vaccine) AND published:2021-01-01..2021-07-31",
    "sentiment:negative AND lang:en AND published:2017-11-01..2017-11-07",
    "has:question AND (refund OR ticket OR seat OR booking OR reservation) AND published:>=2017-01-01",
    // Phrases and distances.
    "(\"customer service\" OR staff OR crew OR agent*) NEAR/5 (worst OR terrible OR horrible OR awful OR rude OR bad)",
    "(flight OR flights OR plane) NEAR/5 (cancel* OR delay* OR late OR missed)",
    "(не NEAR/2f (работа* OR могу OR приход* OR отвеча*)) OR \"до сих пор\" OR \"сколько можно\"",
    "\"thank you\" AND (@AmericanAir OR @Delta OR @JetBlue OR @SouthwestAir OR @AlaskaAir)",
    "\"muchas gracias\" OR \"muito obrigado\" OR \"merci beaucoup\" OR \"vielen dank\" OR \"çok teşekkürler\" OR \"terima kasih\"",
    // Short ones.
    "refund",
    "#fail",
    "ขอบคุณ",
    "flight AND delayed",
    "😡 OR 😠 OR 🤬",
];
