//! What stands around the files: pipes, full disks, readers that stop reading, files that change, servers that misbehave.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// `attesta verify`, at the time of the fixtures.
fn verify() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attesta"));
    command.args(["verify", "--at", "2026-11-23T10:00:00Z"]);
    command
}

fn trusting() -> Command {
    let mut command = verify();
    command.arg("--trust").arg(fixture("ca.pem"));
    command
}

#[track_caller]
fn ended(output: &Output, status: i32, said: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{error}");
    assert!(error.contains(said), "{error}");
}

/// A folder with so many records, the last of them altered.
fn records(folder: &Path, count: usize) {
    for index in 0..count {
        let fixture_name = if index + 1 == count { "record-altered-answer.zip" } else { "record.zip" };
        fs::copy(fixture(fixture_name), folder.join(format!("{index:04}.zip"))).unwrap();
    }
}

/// Runs with `content` in a pipe that the command line names as a file, as a shell's `<(…)` does.
fn through_a_pipe(mut command: Command, content: Vec<u8>) -> Output {
    let mut child = command
        .arg("/dev/stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        // The reader may stop before the end.
        let _ = pipe.write_all(&content);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

#[test]
fn a_pipe_is_verified_as_the_file_is() {
    let output = through_a_pipe(trusting(), fs::read(fixture("record.zip")).unwrap());
    ended(&output, 0, "");
    let output = through_a_pipe(trusting(), fs::read(fixture("record-altered-answer.zip")).unwrap());
    ended(&output, 1, "");
    let mut resource = trusting();
    resource.arg(fixture("signed/provenance.json"));
    let output = through_a_pipe(resource, fs::read(fixture("signed/response.json")).unwrap());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("signature   valid"), "{text}");
}

#[test]
fn a_pipe_without_an_end_is_left_after_so_many_bytes() {
    let output = through_a_pipe(verify(), vec![b' '; 80 << 20]);
    ended(&output, 1, "/dev/stdin has more than 67108864 bytes");
    ended(&verify().arg("/dev/zero").output().unwrap(), 1, "/dev/zero has more than");
}

/// A file that an option names says nothing about the record: it is the command line that is wrong.
#[test]
fn an_enormous_file_for_an_option_is_a_wrong_command_line() {
    for option in ["--trust", "--crl", "--certificate"] {
        let output = verify().arg(fixture("record.zip")).args([option, "/dev/zero"]).output().unwrap();
        ended(&output, 2, &format!("{option} /dev/zero: it has more than"));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn garbage_among_several_anchors_is_named_and_nothing_is_verified() {
    for garbage in ["record.zip", "diary.json", "notes.txt"] {
        let output =
            trusting().arg("--trust").arg(fixture(garbage)).arg(fixture("record.zip")).output().unwrap();
        ended(&output, 2, &format!("{garbage}: the trust anchors cannot be used"));
        assert!(output.stdout.is_empty());
    }
    let both =
        trusting().arg("--trust").arg(fixture("other-ca.pem")).arg(fixture("record.zip")).output().unwrap();
    ended(&both, 0, "");
}

#[test]
fn times_that_are_none_are_refused_with_an_example() {
    for time in ["", "now", "2026", "2026-11-23", "2026-11-23T10:00:00", "1e9", "2026-13-01T00:00:00Z", "\n"]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_attesta"))
            .args(["verify", &format!("--at={time}")])
            .arg(fixture("record.zip"))
            .output()
            .unwrap();
        ended(&output, 2, "write it with its offset, such as 2026-11-21T09:41:07+01:00");
    }
}

#[test]
fn a_full_disk_is_no_verdict() {
    for output in ["text", "json", "html"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended_as =
            trusting().args(["--output", output]).arg(fixture("record.zip")).stdout(full).output().unwrap();
        ended(&ended_as, 2, "the report cannot be written");
    }
}

/// Reads one line and closes the pipe, as `| head -1` does.
fn first_line_of(mut command: Command) -> (String, Option<i32>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let mut line = Vec::new();
    let mut byte = [0];
    while pipe.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    drop(pipe);
    (String::from_utf8(line).unwrap(), child.wait().unwrap().code())
}

#[test]
fn a_reader_that_stops_reading_does_not_make_the_rest_valid() {
    let mut one = trusting();
    one.arg(fixture("record-altered-answer.zip"));
    assert_eq!(first_line_of(one).1, Some(1), "what was looked at counts");

    let folder = tempfile::tempdir().unwrap();
    records(folder.path(), 600);
    let mut many = trusting();
    many.arg(folder.path());
    let (line, status) = first_line_of(many);
    assert!(line.ends_with("0000.zip: valid"), "{line}");
    assert_eq!(status, Some(3), "the altered one at the end was never looked at");
}

#[test]
fn links_and_odd_names_in_a_folder_lead_nowhere() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("records");
    fs::create_dir(&inside).unwrap();
    fs::copy(fixture("record.zip"), inside.join("a.zip")).unwrap();
    std::os::unix::fs::symlink("/", inside.join("root")).unwrap();
    std::os::unix::fs::symlink(&inside, inside.join("itself")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", inside.join("endless.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", inside.join("gone.zip")).unwrap();
    fs::write(inside.join(std::ffi::OsStr::from_bytes(b"\xff\xfe.json")), "{}").unwrap();
    fs::write(inside.join("\u{1b}[2J.json"), "{").unwrap();
    let output = trusting().arg(&inside).output().unwrap();
    // The one broken file is named, its name cannot drive the terminal, and the record is verified all the same.
    ended(&output, 1, "\\u001b[2J.json is not acceptable JSON");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("a.zip: valid"), "{text}");
    assert!(text.contains("left out: 5"), "{text}");
}

/// Runs as somebody who is not root, to whom nothing is unreadable.
fn as_somebody(folder: &Path) -> Output {
    use std::os::unix::process::CommandExt as _;
    let program = folder.join("attesta");
    fs::copy(env!("CARGO_BIN_EXE_attesta"), &program).unwrap();
    fs::copy(fixture("ca.pem"), folder.join("ca.pem")).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(program);
    command
        .args(["verify", "--at", "2026-11-23T10:00:00Z", "--trust", "ca.pem", "records"])
        .current_dir(folder);
    // The test itself may run as root.
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(65534).gid(65534);
    }
    loop {
        match command.output() {
            // Another test's process, just forked, may still hold the copy open for writing.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(5));
            }
            output => return output.unwrap(),
        }
    }
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records");
    fs::create_dir_all(records.join("closed")).unwrap();
    for name in ["a.zip", "b.zip", "closed/c.zip", "d.zip"] {
        fs::copy(fixture("record.zip"), records.join(name)).unwrap();
    }
    for closed in ["b.zip", "closed"] {
        fs::set_permissions(records.join(closed), fs::Permissions::from_mode(0o0)).unwrap();
    }
    let output = as_somebody(folder.path());
    fs::set_permissions(records.join("closed"), fs::Permissions::from_mode(0o755)).unwrap();
    ended(&output, 2, "cannot read records/b.zip: permission denied");
    ended(&output, 2, "cannot read records/closed: permission denied");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("a.zip: valid") && text.contains("d.zip: valid"), "{text}");
    assert!(text.contains("4 in all: 2 valid, 2 unreadable"), "{text}");
}

#[test]
fn a_record_that_changes_while_it_is_read_is_never_wrong_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.zip");
    let [good, bad] =
        ["record.zip", "record-altered-answer.zip"].map(|name| fs::read(fixture(name)).unwrap());
    fs::write(&path, &good).unwrap();
    let changing = path.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let writer = thread::spawn(move || {
        let mut even = true;
        while stopped.try_recv().is_err() {
            // Truncated and written anew, in place: readers see every state between.
            fs::write(&changing, if even { &bad } else { &good }).unwrap();
            even = !even;
        }
    });
    for _ in 0..40 {
        let output = trusting().arg(&path).output().unwrap();
        let status = output.status.code();
        assert!(matches!(status, Some(0 | 1)), "{status:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    stop.send(()).unwrap();
    writer.join().unwrap();
}

/// What a server answers, what it does then, and what is said about it.
type Case = (Vec<u8>, fn(&mut TcpStream), &'static str);

/// A server that answers every request with these bytes, and then as `after` says.
fn server(answer: Vec<u8>, after: fn(&mut TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/fhir", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
            after(&mut stream);
        }
    });
    base
}

fn http(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[test]
fn a_server_that_misbehaves_is_no_verdict_and_ends_soon() {
    let json = "application/fhir+json";
    let ends = |_: &mut TcpStream| {};
    let endless = |stream: &mut TcpStream| while stream.write_all(&[b' '; 1 << 12]).is_ok() {};
    let cases: [Case; 9] = [
        (
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n".to_vec(),
            ends,
            "the server sends on to another address",
        ),
        (http("200 OK", "text/html", "<html>Sign in</html>"), ends, "a web page came instead"),
        (http("200 OK", json, "<html>Sign in</html>"), ends, "a web page came instead"),
        (http("200 OK", json, ""), ends, "the answer is not FHIR JSON"),
        (http("200 OK", json, &"[".repeat(100_000)), ends, "the answer is not FHIR JSON"),
        (
            http("200 OK", json, r#"{"resourceType":"QuestionnaireResponse","id":"2"}"#),
            ends,
            "the server answered with another resource",
        ),
        (http("503 Busy", json, ""), ends, "HTTP status 503"),
        (
            format!("HTTP/1.1 200 OK\r\ncontent-type: {json}\r\n\r\n").into_bytes(),
            endless,
            "is longer than 10485760 octets",
        ),
        (b"\0\xff\0\xff".to_vec(), ends, "the answer is not FHIR over HTTP"),
    ];
    for (answer, after, said) in cases {
        let base = server(answer, after);
        let output = verify().args(["--server", &base, "QuestionnaireResponse/1"]).output().unwrap();
        ended(&output, 2, said);
        assert!(output.stdout.is_empty(), "{said}");
    }
}

#[test]
fn a_password_in_the_servers_address_is_not_repeated() {
    let base = "https://somebody:open-sesame@server.example/fhir";
    let output = verify().args(["--server", base, "QuestionnaireResponse/1"]).output().unwrap();
    ended(&output, 2, "it carries a user name or password");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("sesame"));
}

/// Whoever stops the writing, it leaves no file under the name that was asked for.
#[test]
fn a_conversion_that_is_broken_off_leaves_no_half_file() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!(r#"{{"text":"{}"}}"#, "a".repeat(1 << 20));
    let patient = format!(r#"{{"resourceType":"Patient","name":[{name}]}}"#);
    fs::write(folder.path().join("a.json"), patient).unwrap();
    let convert = |before: &str| {
        let script = format!("{before} exec \"$0\" convert --to xml a.json --out a.xml");
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_attesta")]).current_dir(&folder);
        command.output().unwrap().status.code()
    };
    // The system ends a program that writes a longer file.
    assert_ne!(convert("ulimit -f 8;"), Some(0));
    assert!(!folder.path().join("a.xml").exists());
    assert_eq!(convert(""), Some(0));
    assert!(fs::read_to_string(folder.path().join("a.xml")).unwrap().ends_with("</Patient>\n"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
}
