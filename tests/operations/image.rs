//! The image, unpacked by hand: what its last stage has, as nobody in particular, on a root that cannot be written to.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::dockerfile::Image;
use crate::harness::{Offer, Service};
use crate::{BINARY, project, text, world};

/// What the image's base, gcr.io/distroless/cc, has of what a program may be linked against.
const BASE: [&str; 4] = ["ld-linux-", "libc.so.", "libgcc_s.so.", "libm.so."];
/// The authorities, where Debian and the image's base have them.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";
const SECRETS: &str = "/run/secrets";
/// What an operator gives by files.
const SECRET_SETTINGS: [&str; 3] = ["DATABASE_URL", "AMQP_URL", "LEAD_TRACKER_AUTH__HS256_SECRET"];

/// The image's files in a folder.
fn unpack(image: &Image) -> TempDir {
    let root = folder();
    place(Path::new(BINARY), root.path(), &image.binary);
    for library in libraries() {
        place(Path::new(&library), root.path(), &library);
    }
    place(Path::new(AUTHORITIES), root.path(), AUTHORITIES);
    fs::create_dir_all(root.path().join(&SECRETS[1..])).expect("the folder is ours");
    root
}

/// A folder that everybody may look into.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("there is room for the image");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("the folder is ours");
    folder
}

fn place(file: &Path, root: &Path, at: &str) {
    let target = root.join(at.trim_start_matches('/'));
    fs::create_dir_all(target.parent().expect("a file is in a folder")).expect("the folder is ours");
    fs::copy(file, target).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// What the binary is linked against, by this machine's own files.
fn libraries() -> Vec<String> {
    let output = Command::new("ldd").arg(BINARY).output().expect("ldd comes with glibc");
    let told = String::from_utf8(output.stdout).expect("ldd prints text");
    let path = |line: &str| line.split_whitespace().find(|word| word.starts_with('/')).map(str::to_owned);
    told.lines().filter_map(path).collect()
}

/// Puts a secret into a file that the image's user may read by its group, as Kubernetes mounts them.
fn mount(folder: &Path, name: &str, secret: &str, image: &Image) {
    let path = folder.join(name);
    fs::write(&path, format!("{secret}\n")).expect("the folder is ours");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("the file is ours");
    if is_root() {
        chown(&path, None, Some(image.group)).expect("root may give files away");
    }
}

fn me() -> u32 {
    fs::metadata("/proc/self").expect("Linux has /proc").uid()
}

fn is_root() -> bool {
    me() == 0
}

/// The image's command but for its last word, which is `serve`, with an environment that has nothing but the settings.
fn command(image: &Image, root: &Path, secrets: &Path, settings: &[(&str, String)]) -> Command {
    let mut command = Command::new("unshare");
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.args(if is_root() { &["--mount"][..] } else { &["--map-root-user", "--mount"] });
    command.arg(project("tests/operations/image.sh")).args([root, secrets]);
    command.args([image.user, image.group].map(|id| id.to_string()));
    let (serve, entrypoint) = image.command.split_last().expect("the image runs something");
    assert_eq!(serve, "serve");
    command.args(entrypoint);
    for (name, value) in settings {
        if SECRET_SETTINGS.contains(name) {
            mount(secrets, name, value, image);
            command.env(format!("{name}_FILE"), format!("{SECRETS}/{name}"));
        } else {
            command.env(name, value);
        }
    }
    command
}

fn assert_can_do_nothing_else(service: &Service, image: &Image) {
    let of = |file: &str| text(format!("/proc/{}/{file}", service.process_id()));
    let status = of("status");
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells it").trim();
    let user = if is_root() { image.user } else { me() }.to_string();
    assert_eq!(field("Uid:").split_whitespace().collect::<Vec<_>>(), [&*user; 4]);
    assert_eq!(field("CapEff:").trim_matches('0'), "", "it may do what root may");
    let mounts = of("mountinfo");
    let mounts: Vec<Vec<_>> = mounts.lines().map(|line| line.split_whitespace().collect()).collect();
    let mut seen: Vec<_> = mounts.iter().map(|mount| (mount[4], mount[5].split(',').next())).collect();
    seen.sort_unstable();
    assert_eq!(seen, [("/", Some("ro")), (SECRETS, Some("ro"))], "it sees nothing else");
}

#[test]
fn the_base_has_what_the_binary_is_linked_against() {
    for library in libraries() {
        let name = Path::new(&library).file_name().expect("a library is a file").to_string_lossy().into_owned();
        assert!(BASE.iter().any(|begin| name.starts_with(begin)), "{name} is not in the image");
    }
}

#[tokio::test]
async fn the_image_works_as_nobody_on_a_read_only_root_with_its_secrets_alone() {
    let world = world(500).await;
    let subscriber = world.subscriber().await;
    let image = Image::read();
    let (root, secrets) = (unpack(&image), folder());
    let command = command(&image, root.path(), secrets.path(), &world.settings());

    let service = world.spawn(world.service_of(command));
    service.ready().await;

    assert_can_do_nothing_else(&service, &image);
    let offer = Offer::now();
    world.publisher().await.send(offer.notified()).await;
    subscriber.wait_for("lead.missed", offer.key()).await;
    world.close().await;
}
