//! One connection, one request after another: for what must be the same each time.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::response;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends `request` so many times, each when the last one is answered and `rested` returns.
///
/// # Errors
/// When an answer does not come, or is not 200, or `rested` fails.
pub(crate) fn ask(
    address: SocketAddr,
    request: &[u8],
    times: u32,
    mut rested: impl FnMut() -> io::Result<()>,
) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut buffer = vec![0; 8192];
    for _ in 0..times {
        rested()?;
        stream.write_all(request)?;
        let status = answer(&mut stream, &mut buffer)?;
        if status != 200 {
            return Err(io::Error::other(format!("an answer has status {status}")));
        }
    }
    Ok(())
}

fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<u16> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        let whole = response::parse(&buffer[..filled])
            .map_err(|malformed| io::Error::other(malformed.to_string()))?;
        if let Some(answer) = whole {
            return Ok(answer.status);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backends;

    #[test]
    fn it_asks_and_insists_on_200() {
        let backends = Backends::start(1).unwrap();
        let address = backends.addresses()[0];
        ask(address, b"GET / HTTP/1.1\r\n\r\n", 3, || Ok(())).unwrap();
        backends.set_sick(0, true);
        let error = ask(address, b"GET / HTTP/1.1\r\n\r\n", 1, || Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "an answer has status 500");
    }
}
