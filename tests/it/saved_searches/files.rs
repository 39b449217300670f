//! The program's own way with folders of files, against a server.

use std::{fs, path::Path, process::Command};

use super::*;

/// Runs the program; gives exit code, answer and notes.
fn ascolto(server: &TestServer, arguments: &[&str], dir: &Path) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ascolto"))
        .args(["--server", &format!("http://{}", server.address), "--color", "never"])
        .args(arguments)
        .current_dir(dir)
        .env("USER", "dora")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_files_comes_in_and_goes_out_the_same() {
    let server = TestServer::start().await;
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("searches");
    fs::create_dir_all(files.join("airline/crisis")).unwrap();
    let late = "title: Verspätungen\nowner: anna\ntag: late\nnote: one\n  two\n\nsearch:words AND\n(spät OR délai)\n";
    fs::write(files.join("airline/crisis/late.search"), late).unwrap();
    fs::write(files.join("words.search"), "\nzug OR поезд\n").unwrap();
    fs::write(files.join("readme.md"), "not a search").unwrap();

    let (code, told, _) = ascolto(&server, &["saved", "import", "searches", "--dry-run"], dir.path());
    assert_eq!((code, told.as_str()), (0, "+ late\n+ words\n"));
    assert_eq!(server.engine.status().saved_searches, 0);
    let (code, told, notes) = ascolto(&server, &["saved", "import", "searches"], dir.path());
    assert_eq!((code, told.as_str()), (0, "+ late\n+ words\n"), "{notes}");
    let kept = get(&server, "late").await.unwrap();
    assert_eq!(
        (kept.folder.as_str(), kept.editor.as_str(), kept.note.as_str()),
        ("airline/crisis", "dora", "one\ntwo")
    );
    let (code, told, notes) = ascolto(&server, &["saved", "import", "searches"], dir.path());
    assert_eq!((code, told.as_str()), (0, ""), "the same again changes nothing");
    assert!(notes.contains("2 unchanged"), "{notes}");

    let (code, _, _) = ascolto(&server, &["saved", "export", "out"], dir.path());
    assert_eq!(code, 0);
    assert_eq!(fs::read_to_string(dir.path().join("out/airline/crisis/late.search")).unwrap(), late);
    assert_eq!(fs::read_to_string(dir.path().join("out/words.search")).unwrap(), "\nzug OR поезд\n");

    // Moved, edited, and taken away.
    fs::rename(files.join("airline/crisis/late.search"), files.join("airline/late.search")).unwrap();
    save(&server, search("extra", "bus")).await.unwrap();
    let (code, told, _) = ascolto(&server, &["saved", "import", "searches", "--prune"], dir.path());
    assert_eq!((code, told.as_str()), (0, "~ late (folder)\n- extra\n"));
    assert_eq!(get(&server, "late").await.unwrap().folder, "airline");
    let (code, _, notes) = ascolto(&server, &["saved", "export", "out", "--prune"], dir.path());
    assert_eq!(code, 0, "{notes}");
    assert!(!dir.path().join("out/airline/crisis/late.search").exists(), "{notes}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_told_with_its_line_and_the_others_are_taken() {
    let server = TestServer::start().await;
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("searches");
    fs::create_dir_all(files.join("deep")).unwrap();
    for (name, text) in [
        ("good", "title: Good\n\nzug\n"),
        ("header", "colour: red\n\nzug\n"),
        ("query", "title: x\n\nzug AND\nlangauge:it\n"),
        ("a-circle", "\nsearch:b-circle\n"),
        ("b-circle", "\nsearch:a-circle\n"),
        ("Bad Id", "\nzug\n"),
        ("deep/good", "\nbus\n"),
        ("latin", ""),
    ] {
        fs::write(files.join(format!("{name}.search")), text).unwrap();
    }
    fs::write(files.join("latin.search"), b"\ncaf\xe9\n").unwrap();
    let (code, _, notes) = ascolto(&server, &["saved", "import", "searches"], dir.path());
    assert_eq!(code, 5, "{notes}");
    for line in [
        "searches/header.search:1: `colour` is no key",
        "searches/query.search:4: there is no field `langauge`",
        "searches/a-circle.search:2: saved searches cannot refer to each other in a circle",
        "searches/Bad Id.search:1: ",
        "searches/latin.search:1: cannot be read",
        ":1: the id `good` has another file",
    ] {
        assert!(notes.contains(line), "no {line:?} in\n{notes}");
    }
    assert!(get(&server, "good").await.is_ok());
    assert_eq!(server.engine.status().saved_searches, 1, "{notes}");
    let (code, _, notes) = ascolto(&server, &["saved", "import", "searches", "--dry-run"], dir.path());
    assert_eq!(code, 1);
    for name in ["a", "b"] {
        let line = format!("searches/{name}-circle.search:2: saved searches cannot refer to each other in a circle");
        assert!(notes.contains(&line), "no {line:?} in\n{notes}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_commands_speak_to_the_server() {
    let server = TestServer::start().await;
    server.ingest(vec![crate::support::mention("1", "Der Zug ist spät", 0)]).await;
    assert_eq!(server.found("zug").await, ["1"]);
    let dir = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| ascolto(&server, arguments, dir.path());
    assert_eq!(run(&["saved", "add", "late", "zug spät", "--folder", "rail", "--tag", "late"]).0, 0);
    assert_eq!(run(&["saved", "edit", "late", "--query", "zug spät NOT bus", "--editor", "eva"]).0, 0);
    assert_eq!(run(&["saved", "edit", "late"]).0, 2, "nothing to change");
    let (_, told, _) = run(&["saved", "list", "--folder", "rail"]);
    assert!(told.contains("late") && told.contains("zug spät NOT bus"), "{told}");
    let (_, told, _) = run(&["saved", "history", "late"]);
    assert!(told.contains("by eva") && told.contains("- query: zug spät\n"), "{told}");
    let (code, told, _) = run(&["saved", "test", "--query", "zug", "--hours", "8760"]);
    assert!(code == 0 && told.contains("cost ") && told.contains("found "), "{told}");
    let (code, told, _) = run(&["explain", "forum/1", "zug lang:it"]);
    assert!(code == 0 && told.contains("✓ zug") && told.contains("✗ lang:it: lang is "), "{told}");
    assert_eq!(run(&["author-list", "create", "vip", "@anna", "bea"]).0, 0);
    assert_eq!(run(&["author-list", "show", "vip"]).1, "anna\nbea\n");
    assert_eq!(run(&["count", "from:list:vip"]).1, "1\n");
    assert_eq!(run(&["author-list", "remove", "vip", "anna"]).0, 0);
    assert_eq!(run(&["author-list", "rm", "vip"]).0, 0);
    assert_eq!(run(&["saved", "rm", "late"]).0, 0);
    assert_eq!(run(&["saved", "show", "late"]).0, 3);
    server.stop().await;
}
