//! Rebuilds when a migration changes, which the compiler does not notice, and lists the library of agreements, so that the
//! program carries it with it.

use std::{env, fmt::Write, fs, io, path::Path};

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=contracts");
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("templates.rs"), templates(&Path::new(&root).join("contracts"))?)
}

/// An array of folders, each with the documents and tables in it.
fn templates(library: &Path) -> io::Result<String> {
    let mut text = "&[\n".to_owned();
    for folder in sorted(library)?.into_iter().filter(|folder| folder.join("contract.yaml").is_file()) {
        let name = folder.file_name().unwrap_or_default();
        let _ = writeln!(text, "({name:?}, &[");
        for file in sorted(&folder)? {
            let is_text = file.extension().is_some_and(|ending| ending == "yaml" || ending == "csv");
            if is_text {
                let name = file.file_name().unwrap_or_default();
                let _ = writeln!(text, "({name:?}, include_str!({:?})),", file.display().to_string());
            }
        }
        text += "]),\n";
    }
    Ok(text + "]")
}

fn sorted(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
