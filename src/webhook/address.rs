use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses may be called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Also this machine and the networks behind the firewall. Never the services of a cloud's own (link-local).
    pub(super) private: bool,
}

impl Allowed {
    /// Whether a call may go to this address.
    pub(super) fn contains(self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.contains_v4(address),
            IpAddr::V6(address) => match embedded(address) {
                Some(address) => self.contains_v4(address),
                None => self.contains_v6(address),
            },
        }
    }

    fn contains_v4(self, address: Ipv4Addr) -> bool {
        if address.is_loopback() || address.is_private() || is_shared(address) {
            return self.private;
        }
        let [a, b, c, _] = address.octets();
        let is_special = match (a, b, c) {
            // This network, link-local (and with it the metadata of clouds), multicast and everything above.
            (0, _, _) | (169, 254, _) | (224.., _, _) => true,
            // Protocol assignments, documentation, relays, benchmarks.
            (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113) | (198, 18 | 19, _) => true,
            _ => false,
        };
        !is_special
    }

    fn contains_v6(self, address: Ipv6Addr) -> bool {
        let segments = address.segments();
        if address.is_loopback() || segments[0] & 0xfe00 == 0xfc00 {
            return self.private;
        }
        // Of what is given out for the public, not what stands for documentation or carries other addresses inside.
        let is_public = segments[0] & 0xe000 == 0x2000;
        let is_special = match (segments[0], segments[1]) {
            (0x2001, second) => second < 0x0200 || second == 0x0db8,
            (0x2002, _) => true,
            (0x3fff, second) => second < 0x1000,
            _ => false,
        };
        is_public && !is_special
    }
}

/// 100.64/10: behind a provider's translation, and the metadata of one cloud.
fn is_shared(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    a == 100 && b & 0xc0 == 64
}

/// The older address inside: mapped (`::ffff:0:0/96`) or translated (`64:ff9b::/96`).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, high, low] = address.segments();
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => {
            Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}
