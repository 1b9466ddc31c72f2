//! Playlists, layouts, schedules, overrides, publications, and what screens will show.

use super::Access::Api;
use super::{Route, row};
use crate::composition::defaults::{Change, Settings};
use crate::composition::layouts::NewLayout;
use crate::composition::outlook::{Preview, Timeline};
use crate::composition::overrides::NewOverride;
use crate::composition::playlists::NewPlaylist;
use crate::composition::schedules::NewEntry;
use crate::composition::time_blocks::NewTimeBlock;
use crate::http::api::composition::drafts::{
    EntryView, FullPlaylist, LayoutView, PlaylistView, TimeBlockView,
};
use crate::http::api::composition::live::{At, Conflicts, Of, OnDay, OverrideView};
use crate::http::api::composition::publications::{Answer, NewPublication, Pending, PublicationView, Which};
use crate::http::api::composition::{Newest, Page, Wanted};
use crate::rights::Right::{EditContent, ManageAccount, Publish, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/playlists", Api(View))
        .says("Lists the drafts of playlists, by name.")
        .asks::<Wanted>()
        .gives::<Page<PlaylistView>>(200),
    row("POST", "/api/v1/playlists", Api(EditContent))
        .by_folder()
        .says("Makes a draft of a playlist. No screen gets it before it is published.")
        .takes::<NewPlaylist>()
        .gives::<FullPlaylist>(201),
    row("GET", "/api/v1/playlists/{id}", Api(View))
        .says("Answers the draft of one playlist with its items.")
        .gives::<FullPlaylist>(200),
    row("PUT", "/api/v1/playlists/{id}", Api(EditContent))
        .says("Changes the draft of a playlist as a whole.")
        .takes::<NewPlaylist>()
        .gives::<FullPlaylist>(200),
    row("DELETE", "/api/v1/playlists/{id}", Api(EditContent))
        .says("Removes the draft of a playlist that nothing refers to.")
        .gives_nothing(),
    row("POST", "/api/v1/playlists/{id}/duplicate", Api(EditContent))
        .says("Makes a draft that is like another.")
        .gives::<FullPlaylist>(201),
    row("GET", "/api/v1/layouts", Api(View))
        .says("Lists the drafts of layouts, by name.")
        .asks::<Wanted>()
        .gives::<Page<LayoutView>>(200),
    row("POST", "/api/v1/layouts", Api(EditContent))
        .by_folder()
        .says("Makes a draft of a layout.")
        .takes::<NewLayout>()
        .gives::<LayoutView>(201),
    row("GET", "/api/v1/layouts/{id}", Api(View))
        .says("Answers the draft of one layout.")
        .gives::<LayoutView>(200),
    row("PUT", "/api/v1/layouts/{id}", Api(EditContent))
        .says("Changes the draft of a layout as a whole.")
        .takes::<NewLayout>()
        .gives::<LayoutView>(200),
    row("DELETE", "/api/v1/layouts/{id}", Api(EditContent))
        .says("Removes the draft of a layout that nothing refers to.")
        .gives_nothing(),
    row("POST", "/api/v1/layouts/{id}/duplicate", Api(EditContent))
        .says("Makes a draft that is like another.")
        .gives::<LayoutView>(201),
    row("GET", "/api/v1/time-blocks", Api(View))
        .says("Lists the time blocks, by name.")
        .asks::<Wanted>()
        .gives::<Page<TimeBlockView>>(200),
    row("POST", "/api/v1/time-blocks", Api(EditContent))
        .by_folder()
        .says("Makes a time block.")
        .takes::<NewTimeBlock>()
        .gives::<TimeBlockView>(201),
    row("GET", "/api/v1/time-blocks/{id}", Api(View))
        .says("Answers one time block.")
        .gives::<TimeBlockView>(200),
    row("PUT", "/api/v1/time-blocks/{id}", Api(EditContent))
        .says("Changes a time block, and with it the drafts of all entries that use it.")
        .takes::<NewTimeBlock>()
        .gives::<TimeBlockView>(200),
    row("DELETE", "/api/v1/time-blocks/{id}", Api(EditContent))
        .says("Removes a time block that no entry uses.")
        .gives_nothing(),
    row("GET", "/api/v1/schedules", Api(View))
        .says("Lists the drafts of schedule entries, by name.")
        .asks::<Wanted>()
        .gives::<Page<EntryView>>(200),
    row("POST", "/api/v1/schedules", Api(EditContent))
        .by_folder()
        .says("Makes a draft of a schedule entry.")
        .takes::<NewEntry>()
        .gives::<EntryView>(201),
    row("GET", "/api/v1/schedules/conflicts", Api(View))
        .says("Lists pairs of entries that want the same screens at the same time within 60 days.")
        .asks::<Of>()
        .gives::<Conflicts>(200),
    row("GET", "/api/v1/schedules/{id}", Api(View))
        .says("Answers the draft of one schedule entry.")
        .gives::<EntryView>(200),
    row("PUT", "/api/v1/schedules/{id}", Api(EditContent))
        .says("Changes the draft of a schedule entry as a whole.")
        .takes::<NewEntry>()
        .gives::<EntryView>(200),
    row("DELETE", "/api/v1/schedules/{id}", Api(EditContent))
        .says("Removes the draft of a schedule entry.")
        .gives_nothing(),
    row("GET", "/api/v1/overrides", Api(View))
        .says("Lists the overrides, newest first, those that are over too.")
        .asks::<Newest>()
        .gives::<Page<OverrideView>>(200),
    row("POST", "/api/v1/overrides", Api(Publish))
        .says("Begins an override: it is shown above all, at once, and ends by itself.")
        .takes::<NewOverride>()
        .gives::<OverrideView>(201),
    row("GET", "/api/v1/overrides/{id}", Api(View)).says("Answers one override.").gives::<OverrideView>(200),
    row("POST", "/api/v1/overrides/{id}/stop", Api(Publish))
        .says("Ends an override before its time.")
        .gives::<OverrideView>(200),
    row("GET", "/api/v1/publications", Api(View))
        .says("Lists what was published and what was asked to be, newest first.")
        .asks::<Which>()
        .gives::<Page<PublicationView>>(200),
    row("POST", "/api/v1/publications", Api(Publish))
        .says("Publishes drafts, or asks for it where the account wants an approval; the state tells which.")
        .takes::<NewPublication>()
        .gives::<PublicationView>(201),
    row("GET", "/api/v1/publications/pending", Api(View))
        .says("Answers what the drafts would change.")
        .gives::<Pending>(200),
    row("GET", "/api/v1/publications/{id}", Api(View))
        .says("Answers one publication.")
        .gives::<PublicationView>(200),
    row("POST", "/api/v1/publications/{id}/approve", Api(ManageAccount))
        .says("Approves a request, which publishes what it holds.")
        .takes::<Answer>()
        .gives::<PublicationView>(200),
    row("POST", "/api/v1/publications/{id}/reject", Api(ManageAccount))
        .says("Rejects a request; the drafts stay.")
        .takes::<Answer>()
        .gives::<PublicationView>(200),
    row("POST", "/api/v1/publications/{id}/withdraw", Api(Publish))
        .says("Takes one's own request back.")
        .gives::<PublicationView>(200),
    row("POST", "/api/v1/publications/{id}/restore", Api(Publish))
        .says("Publishes an earlier revision again; drafts stay as they are.")
        .takes::<Answer>()
        .gives::<PublicationView>(201),
    row("GET", "/api/v1/publishing", Api(View))
        .says("Answers who needs an approval, and what screens show by default.")
        .gives::<Settings>(200),
    row("PATCH", "/api/v1/publishing", Api(ManageAccount))
        .says("Changes who needs an approval, or what screens show by default.")
        .takes::<Change>()
        .gives::<Settings>(200),
    row("GET", "/api/v1/screens/{id}/preview", Api(View))
        .says("Answers what a screen shows at a moment, and why.")
        .asks::<At>()
        .gives::<Preview>(200),
    row("GET", "/api/v1/screens/{id}/timeline", Api(View))
        .says("Answers what a screen shows on one day, change by change.")
        .asks::<OnDay>()
        .gives::<Timeline>(200),
    row("GET", "/api/v1/screens/{id}/publication.zip", Api(Publish))
        .says("Answers what the screen shows with all files, as a ZIP for the top folder of a stick.")
        .gives_file("application/zip"),
    row("GET", "/api/v1/screens/{id}/publication.img", Api(Publish))
        .says("Answers what the screen shows with all files, as the image of a FAT32 stick.")
        .gives_file("application/octet-stream"),
];
