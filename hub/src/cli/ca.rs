//! `signage-hub ca`

use std::path::Path;

use super::output;
use crate::data_dir::DataDir;
use crate::{Result, ident, tls};

pub async fn run(data_dir: &Path) -> Result<()> {
    let directory = DataDir::open(data_dir)?;
    let _lock = directory.lock()?;
    output::line(tls::ca(&directory, ident::now())?.trim_end())
}
