//! Content: what is there, its folders, and how it comes in.

use super::super::api::content::Way;
use super::super::api::content::{Folders, Moved, NewFolder, Page, Patch, Wanted, WantedFolder};
use super::super::api::uploads::Standing;
use super::Access::{Api, Console, Open};
use super::{Route, row};
use crate::content::Folder;
use crate::rights::Right::{EditContent, View};
use crate::store::content::Content;

/// Rows whose request is a file, so that neither the usual length nor the usual time holds.
pub(super) const UPLOADS: [(&str, &str); 3] =
    [("POST", "/api/v1/uploads"), ("PATCH", "/api/v1/uploads/{id}"), ("POST", "/content/upload")];

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/content", Api(View))
        .says("A page of the account's content, by title.")
        .asks::<Wanted>()
        .gives::<Page>(200),
    row("GET", "/api/v1/content/{id}", Api(View)).says("One content, and what plays it.").gives::<super::super::api::content::Detail>(200),
    row("PATCH", "/api/v1/content/{id}", Api(EditContent))
        .says("Renames, moves or tags content.")
        .takes::<Patch>()
        .gives::<Content>(200),
    row("DELETE", "/api/v1/content/{id}", Api(EditContent))
        .says("Removes content that nothing plays.")
        .gives_nothing(),
    row("GET", "/api/v1/content/{id}/file", Api(View))
        .says("The file as it was uploaded.")
        .asks::<Way>()
        .reads(&["range", "if-range", "if-none-match"])
        .gives_file("*/*")
        .also(&[206, 304]),
    row("GET", "/api/v1/content/{id}/thumbnail", Api(View))
        .says("A small picture of the content.")
        .reads(&["if-none-match"])
        .gives_file("image/*")
        .also(&[206, 304]),
    row("GET", "/api/v1/content-folders", Api(View)).says("Every folder of content, by path.").gives::<Folders>(200),
    row("POST", "/api/v1/content-folders", Api(EditContent)).by_folder()
        .says("Makes a folder.")
        .takes::<NewFolder>()
        .gives::<Folder>(201),
    row("POST", "/api/v1/content-folders/move", Api(EditContent)).by_folder()
        .says("Renames a folder or puts it elsewhere, with everything in it.")
        .takes::<Moved>()
        .gives::<Folder>(200),
    row("DELETE", "/api/v1/content-folders", Api(EditContent)).by_folder()
        .says("Removes a folder; what is in it moves up to the one above.")
        .asks::<WantedFolder>()
        .gives_nothing(),
    row("OPTIONS", "/api/v1/uploads", Open),
    row("POST", "/api/v1/uploads", Api(EditContent)).by_folder()
        .says("Begins an upload (tus 1.0): Upload-Length in bytes, Upload-Metadata with filename and folder; answers its Location.")
        .gives::<Standing>(201),
    row("GET", "/api/v1/uploads/{id}", Api(EditContent))
        .says("Where an upload stands; with HEAD, as tus 1.0 has it.")
        .gives::<Standing>(200),
    row("PATCH", "/api/v1/uploads/{id}", Api(EditContent))
        .says("Takes bytes of an upload from Upload-Offset on (tus 1.0).")
        .takes_file("application/offset+octet-stream")
        .gives_nothing(),
    row("DELETE", "/api/v1/uploads/{id}", Api(EditContent)).says("Ends an upload (tus 1.0).").gives_nothing(),
    row("GET", "/content", Console(View)),
    row("POST", "/content/upload", Console(EditContent)).by_folder(),
    row("POST", "/content/folders", Console(EditContent)).by_folder(),
    row("POST", "/content/folders/move", Console(EditContent)).by_folder(),
    row("POST", "/content/folders/delete", Console(EditContent)).by_folder(),
    row("GET", "/content/{id}", Console(View)),
    row("POST", "/content/{id}", Console(EditContent)),
    row("POST", "/content/{id}/delete", Console(EditContent)),
];
