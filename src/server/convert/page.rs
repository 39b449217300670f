use crate::engine::EngineError;

/// How many to give on a page: the default where the caller does not say.
pub(crate) fn page_size_from_wire(wire: i32, default: usize, max: usize) -> Result<usize, EngineError> {
    match usize::try_from(wire) {
        Ok(0) => Ok(default),
        Ok(size) if size <= max => Ok(size),
        _ => Err(EngineError::InvalidArgument {
            field: "page_size".to_owned(),
            message: format!("is {wire}; 1 to {max} are allowed, 0 means {default}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_the_default_and_the_bounds_are_told() {
        assert_eq!(page_size_from_wire(0, 20, 500).unwrap(), 20);
        assert_eq!(page_size_from_wire(500, 20, 500).unwrap(), 500);
        for size in [-1, 501, i32::MIN, i32::MAX] {
            let error = page_size_from_wire(size, 20, 500).unwrap_err().to_string();
            assert_eq!(error, format!("page_size: is {size}; 1 to 500 are allowed, 0 means 20"));
        }
    }
}
