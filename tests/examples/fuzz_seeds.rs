//! Writes what the fuzzer begins with into a directory: the sticks of the corpus, the files on them, one file
//! with every field there is, and the words of the schema as a dictionary.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};
use signage_protocol::config::schema;
use signage_provisioner::medium::image;
use signage_tests::sticks;

/// Larger inputs slow the fuzzer down and teach it nothing.
const LARGEST: usize = 64 * 1024;
const SECTOR: usize = 512;

fn main() -> Result<()> {
    let root = PathBuf::from(std::env::args_os().nth(1).context("the directory to write to")?);
    let everything = example(schema()).unwrap_or_default().to_string();
    let mut files = BTreeSet::from([everything.into_bytes()]);
    let mut disks = BTreeSet::new();
    for (_, case) in sticks::load()? {
        for stick in case.sticks() {
            let mut disk = sticks::build(&stick, &case.name)?;
            disks.insert(encode(&disk));
            let bytes = disk.bytes();
            let volumes = image::scan(&mut disk, bytes).unwrap_or_default();
            files
                .extend(volumes.into_iter().filter_map(|volume| volume.content.ok()).map(|found| found.file));
        }
    }
    put(&root.join("medium"), &disks)?;
    put(&root.join("file"), &files)?;
    put(&root.join("settings"), &files)?;
    let mut words = BTreeSet::new();
    collect(schema(), &mut words);
    // The fuzzer's dictionaries are ASCII.
    let words: String =
        words.iter().filter(|word| word.is_ascii()).map(|word| format!("{word:?}\n")).collect();
    Ok(fs::write(root.join("words"), words)?)
}

fn put(directory: &Path, inputs: &BTreeSet<Vec<u8>>) -> Result<()> {
    fs::create_dir_all(directory)?;
    for (number, input) in inputs.iter().filter(|input| input.len() <= LARGEST).enumerate() {
        fs::write(directory.join(format!("seed-{number:04}")), input)?;
    }
    Ok(())
}

/// A disk as `fuzz/src/disk.rs` reads it.
fn encode(disk: &sticks::disk::SparseDisk) -> Vec<u8> {
    let count = u32::try_from(disk.bytes() / SECTOR as u64).unwrap_or(u32::MAX);
    let mut bytes = count.to_le_bytes().to_vec();
    for (offset, block) in disk.written() {
        for (index, sector) in block.chunks(SECTOR).enumerate() {
            let number = offset / SECTOR as u64 + index as u64;
            if let Ok(number) = u32::try_from(number)
                && sector.iter().any(|byte| *byte != 0)
            {
                bytes.extend(number.to_le_bytes());
                bytes.extend(sector);
            }
        }
    }
    bytes
}

/// A value that the schema allows, with every member that it knows, from the examples of the fields.
fn example(field: &Value) -> Option<Value> {
    if let Some(example) = field["examples"].get(0) {
        return Some(example.clone());
    }
    if let Some(name) = field["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return example(&schema()["$defs"][name]);
    }
    if let Some(choices) = field["anyOf"].as_array() {
        return choices.iter().find_map(example);
    }
    if let Some(members) = field["properties"].as_object() {
        let given = |(name, field): (&String, &Value)| Some((name.clone(), example(field)?));
        return Some(Value::Object(members.iter().filter_map(given).collect()));
    }
    if field["additionalProperties"].is_object() {
        return Some(Map::from_iter([("*".to_owned(), example(&field["additionalProperties"])?)]).into());
    }
    Some(Value::Array(vec![example(field.get("items")?)?]))
}

/// Names and choices as they stand in a file.
fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(properties) = members.get("properties").and_then(Value::as_object) {
                words.extend(properties.keys().map(|name| Value::from(name.as_str()).to_string()));
            }
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("examples" | "enum", Value::Array(values)) => {
                        words.extend(values.iter().map(Value::to_string).filter(|text| text.len() < 100));
                    }
                    _ => collect(member, words),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, words)),
        _ => {}
    }
}
