//! Rebuilds when a migration changes: the compiler does not know that they are embedded.

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
