//! `sqlx::migrate!` puts the migrations into the binary, and cargo does not see by itself that there is a new one.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
