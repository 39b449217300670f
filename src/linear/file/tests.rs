use super::*;

fn header() -> Header {
    Header {
        task: "test".to_owned(),
        features: 1,
        classes: vec!["no".to_owned(), "yes".to_owned(), "both".to_owned()],
        bits: 3,
        scale: 0.5,
        bias: vec![0.1, -0.1, 0.0],
        temperature: 1.0,
        groups: Vec::new(),
        about: "made for a test".to_owned(),
    }
}

fn model() -> LinearModel {
    let weights: Vec<i8> = (0..24).map(|n: i8| n.wrapping_mul(11)).collect();
    LinearModel::new(header(), &weights).unwrap()
}

/// A file whose checksum is right, whatever else is not.
fn sealed(header: &[u8], weights: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::from(*MAGIC);
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header);
    bytes.extend(weights);
    bytes.extend(blake3::hash(&bytes).as_bytes());
    bytes
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(bytes).unwrap();
    deflate.finish().unwrap()
}

#[test]
fn what_is_written_is_read() {
    let model = model();
    let bytes = model.write().unwrap();
    assert_eq!(LinearModel::read(&bytes).unwrap(), model);
    assert_eq!(model.write().unwrap(), bytes);
}

#[test]
fn every_changed_bit_and_every_cut_is_found() {
    let bytes = model().write().unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(LinearModel::read(&changed).is_err(), "bit {bit} of byte {at}");
        }
        assert!(LinearModel::read(&bytes[..at]).is_err(), "cut at {at}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(matches!(LinearModel::read(&longer), Err(ModelError::Damaged)));
}

#[test]
fn a_hostile_file_costs_an_error_and_no_memory() {
    let told = |change: fn(&mut Header)| {
        let mut header = header();
        change(&mut header);
        serde_json::to_vec(&header).unwrap()
    };
    let table = deflated(&[0; 24]);
    let bomb = deflated(&vec![0; 32 * 1024 * 1024]);
    for (what, bytes, expected) in [
        ("nothing", Vec::new(), "no model file"),
        ("text", b"positive = []".to_vec(), "no model file"),
        ("no header", sealed(b"", &table), "its header"),
        ("header is no JSON", sealed(b"\xff\xfe{", &table), "its header"),
        ("unknown key", sealed(br#"{"task":"x","price":1}"#, &table), "its header"),
        ("no weights", sealed(&told(|_| {}), b""), "24 weights"),
        ("too few weights", sealed(&told(|_| {}), &deflated(&[0; 23])), "24 weights"),
        ("a bomb", sealed(&told(|_| {}), &bomb), "24 weights"),
        ("2^40 rows", sealed(&told(|header| header.bits = 40), &table), "table"),
        ("2^4,000,000,000 rows", sealed(&told(|header| header.bits = 4_000_000_000), &table), "table"),
        ("2^23 rows", sealed(&told(|header| header.bits = 23), &deflated(&vec![0; 3 << 23])), "2^22"),
        ("no rows", sealed(&told(|header| header.bits = 0), &deflated(&[0; 3])), "2^1"),
        ("one class", sealed(&told(|header| header.classes.truncate(1)), &deflated(&[0; 8])), "1 classes"),
        ("no class", sealed(&told(|header| header.classes.clear()), &deflated(&[])), "0 classes"),
        ("a class twice", sealed(&told(|header| header.classes[0] = "yes".to_owned()), &table), "named twice"),
        ("few biases", sealed(&told(|header| header.bias.truncate(2)), &table), "2 biases"),
        ("scale 0", sealed(&told(|header| header.scale = 0.0), &table), "above 0"),
        ("temperature below 0", sealed(&told(|header| header.temperature = -1.0), &table), "above 0"),
        // JSON has no word for what is no number.
        ("a bias that is no number", sealed(&told(|header| header.bias[0] = f32::NAN), &table), "its header"),
    ] {
        let error = LinearModel::read(&bytes).expect_err(what).to_string();
        assert!(error.contains(expected), "{what}: {error}");
    }
    let mut other = model().write().unwrap();
    other[8] = 2;
    assert!(LinearModel::read(&other).unwrap_err().to_string().contains("format 2"));
    let mut long = sealed(&[b' '; MODEL_HEADER_BYTES_MAX + 1], &table);
    assert!(LinearModel::read(&long).unwrap_err().to_string().contains("header"));
    long.resize(MODEL_FILE_BYTES_MAX + 1, 0);
    assert!(LinearModel::read(&long).unwrap_err().to_string().contains("file"));
}
