//! The same answers again, beside files.

use std::path::Path;
use std::sync::Arc;

use crate::callers::ask_all;
use crate::house::{Street, cpu};
use crate::nginx::Nginx;
use crate::{ROUNDS, each, median, percentile};

const CONNECTIONS: usize = 64;
/// Citizens who are looked up, over and over.
const CITIZENS: usize = 40;
/// Answers in a round.
const ANSWERS: usize = 12_000;
/// An overview of a citizen in some trouble, in bytes.
const BYTES: usize = 12_000;

pub(crate) async fn measure(folder: &Path) {
    let street = Street::open(folder, 4_000).await;
    let house = street.house();
    let mut caller = house.caller().await;
    let mut answers = Vec::new();
    for number in street.numbers() {
        let request = house.look_up(&number);
        let body = caller.ask(&request).await.to_vec();
        answers.push((body.len().abs_diff(BYTES), request, body));
    }
    answers.sort_by_key(|(off, ..)| *off);
    answers.truncate(CITIZENS);
    let bytes = answers.iter().map(|(_, _, body)| body.len()).sum::<usize>() / answers.len();
    let bodies: Vec<Vec<u8>> = answers.iter().map(|(_, _, body)| body.clone()).collect();
    let requests = Arc::new(answers.into_iter().map(|(_, request, _)| request).collect::<Vec<_>>());
    println!("hits: {CITIZENS} answers of {bytes} bytes, {CONNECTIONS} connections, {ROUNDS} rounds of {ANSWERS}");
    let nginx = Nginx::start(folder, &bodies).await;
    let files = nginx.as_ref().map(|nginx| Arc::new((0..CITIZENS).map(|at| nginx.get(at)).collect::<Vec<_>>()));
    let times = ANSWERS / CITIZENS;
    let (mut ours, mut theirs, mut waits) = (Vec::new(), Vec::new(), [Vec::new(), Vec::new()]);
    let mut ratios = Vec::new();
    for round in 0..=ROUNDS {
        let before = cpu(house.process());
        let mut waited = ask_all(house.address, &requests, (CONNECTIONS, times)).await;
        let took = each(cpu(house.process()) - before, waited.len());
        let (Some(nginx), Some(files)) = (&nginx, &files) else {
            if round > 0 {
                ours.push(took);
                waits[0].push(percentile(&mut waited, 99));
            }
            continue;
        };
        let before = cpu(nginx.process());
        let mut waited_there = ask_all(nginx.address, files, (CONNECTIONS, times)).await;
        let took_there = each(cpu(nginx.process()) - before, waited_there.len());
        // The first round is for what is made once.
        if round > 0 {
            ours.push(took);
            theirs.push(took_there);
            ratios.push(took_there / took);
            waits[0].push(percentile(&mut waited, 99));
            waits[1].push(percentile(&mut waited_there, 99));
        }
    }
    println!("  ours: {:.0} µs CPU an answer, p99 {:.2} ms", median(ours), median(waits[0].clone()));
    if theirs.is_empty() {
        println!("  nginx: not measured, it is not installed");
    } else {
        println!("  nginx: {:.1} µs CPU an answer, p99 {:.2} ms", median(theirs), median(waits[1].clone()));
        println!("  per core {:.3} of nginx (wanted 0.5)", median(ratios));
    }
    drop(nginx);
}
