//! Packages for Node.js, as a lock file has them.

use std::fs;
use std::path::PathBuf;

use crate::run::{command, install_once, read, run, write};
use crate::system::need;
use crate::{Result, root, tools};

/// The packages of the `package.json` in `directory`, in `target/tools/NAME`; the path of `node_modules`.
pub(crate) fn modules(name: &str, directory: &str) -> Result<PathBuf> {
    let source = root().join(directory);
    let target = tools()?.join(name);
    let lock = read(&source.join("package-lock.json"))?;
    install_once(&target, &lock, || {
        need("Node.js", &["node", "--version"], &["nodejs"])?;
        need("npm", &["npm", "--version"], &["npm"])?;
        fs::copy(source.join("package.json"), target.join("package.json"))
            .map_err(|error| format!("cannot copy package.json: {error}"))?;
        write(&target.join("package-lock.json"), &lock)?;
        run(command("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&target))
    })?;
    Ok(target.join("node_modules"))
}
