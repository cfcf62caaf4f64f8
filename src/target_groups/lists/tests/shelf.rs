//! The five files of some lists, laid beside the test's program, where `contract-tests/foreign/read_lists.py` opens them.

use std::fs::{self, File};

use super::*;

#[test]
fn the_files_lie_where_another_program_can_open_them() {
    let program = std::env::current_exe().expect("a test has a program");
    let shelf = program.parent().and_then(|folder| folder.parent()).expect("a folder to build in").join("lists");
    let lists = [
        ("small", small()),
        ("with_numbers", with_numbers()),
        ("hostile", hostile()),
        ("empty", empty()),
        ("large", large(20_001)),
    ];
    for (name, report) in lists {
        let folder = shelf.join(name);
        fs::create_dir_all(&folder).expect("the folder is ours");
        for format in Format::ALL {
            let path = folder.join(format!("list.{}", format.as_str()));
            write(&report, format, File::create(&path).expect("the folder is ours")).expect("there is room");
            assert!(fs::metadata(&path).expect("just written").len() > 0);
        }
    }
}
