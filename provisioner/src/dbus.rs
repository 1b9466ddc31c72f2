//! Proxies for one question to a service that is not ours.

use zbus::proxy::CacheProperties;
use zbus::{Connection, Proxy};
use zvariant::ObjectPath;

/// A proxy without a property cache: the cache costs a match rule and a `GetAll` per object, and these
/// proxies live for a call or two.
pub(crate) async fn proxy<'a, P>(
    bus: &Connection,
    service: &'a str,
    path: P,
    interface: &'a str,
) -> zbus::Result<Proxy<'a>>
where
    P: TryInto<ObjectPath<'a>>,
    P::Error: Into<zbus::Error>,
{
    zbus::proxy::Builder::new(bus)
        .destination(service)?
        .path(path)?
        .interface(interface)?
        .cache_properties(CacheProperties::No)
        .build()
        .await
}
