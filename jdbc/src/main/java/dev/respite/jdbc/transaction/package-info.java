/** The transaction on a connection of its own that Respite's modules share. It is not for users. */
@NullMarked
package dev.respite.jdbc.transaction;

import org.jspecify.annotations.NullMarked;
