//! Cold look-ups, beside a service written by hand in Node that puts the same questions to the same sources.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::callers::ask_all;
use crate::house::{House, Street, cpu};
use crate::{ROUNDS, each, median};

/// Look-ups in a round, each of another citizen.
const CITIZENS: usize = 150;
/// Under way at once.
const CONNECTIONS: usize = 16;
/// What reads XML in Node.
const READER: &str = "fast-xml-parser@5";
/// Headers that the one who asks sets anew.
const OWN: [&str; 5] = ["host", "content-length", "connection", "transfer-encoding", "accept-encoding"];

/// A running Node; it ends with this.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 20_000).await;
    let house = street.house();
    let numbers = street.numbers();
    // What is learnt once, such as the staff and the tokens of the sources, is learnt.
    let (learning, numbers) = numbers.split_at(100);
    let mut caller = house.caller().await;
    for number in learning {
        caller.ask(&house.look_up(number)).await;
    }
    let (mut ours, mut asked) = (Vec::new(), BTreeMap::new());
    let mut rounds = Vec::new();
    street.take_recorded();
    for numbers in numbers.chunks_exact(CITIZENS).take(ROUNDS + 1) {
        // Once for the questions, one at a time; the fakes keep few.
        let other = street.beside("beside");
        let mut caller = other.caller().await;
        for number in learning {
            caller.ask(&other.look_up(number)).await;
        }
        for number in numbers {
            street.take_recorded();
            caller.ask(&other.look_up(number)).await;
            asked.insert(number.clone(), calls(&street));
        }
        let requests = Arc::new(numbers.iter().map(|number| house.look_up(number)).collect::<Vec<_>>());
        let before = cpu(house.process());
        ask_all(house.address, &requests, (CONNECTIONS, 1)).await;
        ours.push(each(cpu(house.process()) - before, CITIZENS));
        rounds.push(requests);
    }
    let Some((node, address)) = start(folder, &house, &asked) else {
        println!("node: not measured, there is no `node`, or `npm` cannot get {READER}");
        return;
    };
    let mut theirs = Vec::new();
    for requests in &rounds {
        let before = cpu(node.0.id());
        ask_all(address, requests, (CONNECTIONS, 1)).await;
        theirs.push(each(cpu(node.0.id()) - before, CITIZENS));
    }
    // The first round is for what is compiled or made once.
    let ratios = ours.iter().zip(&theirs).skip(1).map(|(ours, theirs)| ours / theirs).collect();
    println!(
        "node: {ROUNDS} rounds of {CITIZENS} cold look-ups, ours {:.0} µs CPU each, Node {:.0} µs: {:.2} of it (wanted 0.33)",
        median(ours.split_off(1)),
        median(theirs.split_off(1)),
        median(ratios)
    );
}

/// What the sources were asked since the last call, by source.
fn calls(street: &Street) -> Value {
    let by_source = street.town.servers.iter().map(|server| {
        let calls = server.take_recorded().into_iter().map(|call| {
            let headers = call.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
            let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
            json!({
                "url": format!("{}{}", server.base_url(), call.target),
                "method": call.method.as_str(),
                "headers": headers.collect::<BTreeMap<_, _>>(),
                "body": BASE64_STANDARD.encode(&call.body),
            })
        });
        (server.name().to_owned(), calls.collect::<Vec<_>>())
    });
    json!(by_source.filter(|(_, calls)| !calls.is_empty()).collect::<BTreeMap<_, _>>())
}

fn start(folder: &Path, house: &House, asked: &BTreeMap<String, Value>) -> Option<(Node, SocketAddr)> {
    let place = folder.join("node");
    fs::create_dir_all(&place).unwrap();
    let mut get = Command::new("npm");
    get.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&place).arg(READER);
    if !get.stdout(Stdio::null()).status().ok()?.success() {
        return None;
    }
    fs::write(place.join("asked.json"), serde_json::to_vec(asked).unwrap()).unwrap();
    fs::write(place.join("key.pem"), public_key(&house.folder)).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/benches/speed/service.js");
    let node = Command::new("node").arg(script).arg(place.canonicalize().unwrap()).stdout(Stdio::piped()).spawn();
    let mut node = Node(node.ok()?);
    let mut said = BufReader::new(node.0.stdout.take().unwrap()).lines();
    let address = said.next().expect("Node says where it listens").unwrap().parse().unwrap();
    Some((node, address))
}

/// The issuer's public key, as `openssl` would write it: a P-256 point in an X.509 key.
fn public_key(folder: &Path) -> String {
    const BEFORE: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
    let keys: Value = serde_json::from_slice(&fs::read(folder.join("jwks.json")).unwrap()).unwrap();
    let part = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(keys["keys"][0][name].as_str().unwrap()).unwrap();
    let mut bytes = BASE64_STANDARD.decode(BEFORE).unwrap();
    bytes.extend([part("x"), part("y")].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(bytes))
}
