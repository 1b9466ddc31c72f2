//! What a screen shows at a moment: pure functions over a publication, a time zone and the time. The player asks
//! them what comes next, the hub what a screen will show at any future moment.
