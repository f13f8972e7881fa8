//! A Python of the repository's own, with the packages of a `requirements.txt`.

use std::path::{Path, PathBuf};

use crate::run::{command, install_once, read, run};
use crate::system::need;
use crate::{Result, root, tools};

/// A virtual environment in `target/tools/NAME` with what `requirements` lists; the directory of its programs.
pub(crate) fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let requirements = root().join(requirements);
    let environment = tools()?.join(name);
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    install_once(&environment, &read(&requirements)?, || {
        need("Python 3 with venv", &["python3", "-c", "import ensurepip, venv"], &["python3", "python3-venv"])?;
        run(command("python3").args(["-m", "venv"]).arg(&environment))?;
        install(&programs, &requirements)
    })?;
    Ok(programs)
}

fn install(programs: &Path, requirements: &Path) -> Result {
    let mut pip = command(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    run(&mut pip)
}
