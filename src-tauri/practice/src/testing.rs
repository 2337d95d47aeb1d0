//! Servers that answer as a test says, where a real one would not.
//!
//! Panics are fine here: a test without an address has nothing to say.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

mod secured;

pub use secured::{Certificate, Secured};

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// Answers every request with what `answer` makes of its body, as `200 OK`; gives the address. Ends with the process.
pub fn answering(
    listener: TcpListener,
    media_type: &'static str,
    mut answer: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static,
) -> String {
    let address = format!("http://{}/", listener.local_addr().expect("it listens"));
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let Some(asked) = body(&mut stream) else { continue };
            let answer = answer(&asked);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            // Whoever asked may be gone.
            let _ = stream.write_all(&[head.as_bytes(), &answer].concat());
        }
    });
    address
}

fn body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut asked, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        asked.extend_from_slice(part.get(..read)?);
        let Some(end) = asked.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let (head, body) = asked.split_at(end + 4);
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(Some(0), |length| length.parse::<usize>().ok())?;
        if body.len() >= length {
            return Some(body.to_vec());
        }
    }
}
