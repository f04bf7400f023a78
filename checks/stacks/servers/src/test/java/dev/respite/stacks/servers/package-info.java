/** The HTTP client against servers that people run: what a call holds while it waits, and what a broken body does. */
@NullMarked
package dev.respite.stacks.servers;

import org.jspecify.annotations.NullMarked;
