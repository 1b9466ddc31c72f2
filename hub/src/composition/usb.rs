//! A publication for a stick: the same document and the same files as over the network.
