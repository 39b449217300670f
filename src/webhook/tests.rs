use std::{net::IpAddr, time::Duration};

use super::{BackOff, Target, TargetError, address::Allowed, shown_secret, signature};
use crate::model::WebhookSecret;

#[test]
fn only_the_public_net_is_called_unless_private_networks_are_wanted() {
    let (public, private) = (Allowed { private: false }, Allowed { private: true });
    for address in ["8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"] {
        let address: IpAddr = address.parse().unwrap();
        assert!(public.contains(address) && private.contains(address), "{address}");
    }
    for address in [
        "127.0.0.1",
        "127.8.9.1",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "::1",
        "fc00::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "64:ff9b::192.168.0.1",
    ] {
        let address: IpAddr = address.parse().unwrap();
        assert!(!public.contains(address) && private.contains(address), "{address}");
    }
    for address in [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:7f00:1::",
        "3fff::1",
        "::ffff:169.254.169.254",
        "64:ff9b:1::1",
        "::127.0.0.1",
    ] {
        let address: IpAddr = address.parse().unwrap();
        assert!(!public.contains(address) && !private.contains(address), "{address}");
    }
}

#[test]
fn reads_addresses_and_refuses_what_is_none() {
    let target = Target::parse("https://example.com/hooks/a?b=c").unwrap();
    assert_eq!((target.is_tls, target.port, target.path.as_str()), (true, 443, "/hooks/a?b=c"));
    let target = Target::parse("http://[::1]:8080").unwrap();
    assert_eq!((target.host.as_str(), target.port, target.path.as_str()), ("::1", 8080, "/"));
    assert_eq!(target.authority, "[::1]:8080");
    for (url, expected) in [
        ("", TargetError::Unreadable),
        ("not an address", TargetError::Unreadable),
        ("example.com", TargetError::Scheme),
        ("/hooks", TargetError::Scheme),
        ("ftp://example.com", TargetError::Scheme),
        ("https://eva:geheim@example.com/", TargetError::UserInfo),
        ("https://", TargetError::Unreadable),
    ] {
        assert_eq!(Target::parse(url), Err(expected), "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(3000));
    assert!(matches!(Target::parse(&long), Err(TargetError::TooLong { bytes: 3020 })));
}

/// The vector that the libraries of Standard Webhooks are tested with.
#[test]
fn signs_as_the_standard_has_it() {
    let shown = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let bytes =
        [49, 242, 144, 246, 191, 6, 41, 138, 171, 79, 8, 212, 60, 63, 8, 44, 246, 72, 163, 98, 218, 45, 164, 176];
    let secret = WebhookSecret(bytes.to_vec());
    assert_eq!(shown_secret(&secret), shown);
    assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}");
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn waits_double_up_to_the_longest_and_at_least_half_of_it_is_sure() {
    let back_off = BackOff { first: Duration::from_secs(1), last: Duration::from_secs(600) };
    for (attempts, whole) in [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (64, 600), (u32::MAX, 600)] {
        let whole = Duration::from_secs(whole);
        for drawn in [0, 1, u64::MAX, 123_456_789] {
            let wait = back_off.after_drawn(attempts, drawn);
            assert!(wait >= whole / 2 && wait <= whole, "{attempts} {drawn}: {wait:?}");
        }
        assert_eq!(back_off.after_drawn(attempts, 0), whole / 2);
    }
}
