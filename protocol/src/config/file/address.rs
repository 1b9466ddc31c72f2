//! Addresses with the length of their prefix.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! cidr {
    ($(#[doc = $doc:literal])+ $name:ident, $address:ty, $bits:literal, $number:ty, $format:literal, $form:literal) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            /// The address of the device.
            pub address: $address,
            /// Length of the prefix, at least 1.
            pub prefix: u8,
        }

        impl $name {
            /// What is allowed, for messages.
            pub const FORM: &'static str = $form;

            /// Whether `other` lies in the same subnet.
            pub fn contains(self, other: $address) -> bool {
                let mask = <$number>::MAX.checked_shl($bits - u32::from(self.prefix)).unwrap_or(0);
                <$number>::from(self.address) & mask == <$number>::from(other) & mask
            }

            /// Whether the two subnets have addresses in common.
            pub fn overlaps(self, other: Self) -> bool {
                self.contains(other.address) || other.contains(self.address)
            }
        }

        impl FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (address, prefix) = text.split_once('/').ok_or(Self::FORM)?;
                let address = address.parse().map_err(|_| Self::FORM)?;
                // As people write it: `+24` and `024` are slips of something else.
                let plain = prefix.starts_with(|digit: char| matches!(digit, '1'..='9'));
                let prefix = prefix.parse().ok().filter(|prefix| plain && (1..=$bits).contains(prefix));
                let prefix = prefix.ok_or(Self::FORM)?;
                Ok(Self { address, prefix })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}/{}", self.address, self.prefix)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}

cidr! {
    /// An IPv4 address with its prefix, `192.168.1.20/24`.
    Ipv4Cidr, Ipv4Addr, 32, u32, "ipv4-cidr", "an IPv4 address with its prefix, such as 192.168.1.20/24"
}

cidr! {
    /// An IPv6 address with its prefix, `2001:db8::20/64`.
    Ipv6Cidr, Ipv6Addr, 128, u128, "ipv6-cidr", "an IPv6 address with its prefix, such as 2001:db8::20/64"
}
