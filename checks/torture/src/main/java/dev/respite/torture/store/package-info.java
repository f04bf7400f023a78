/** The stores under test, each in a process of its own that can be killed and restarted. */
@NullMarked
package dev.respite.torture.store;

import org.jspecify.annotations.NullMarked;
