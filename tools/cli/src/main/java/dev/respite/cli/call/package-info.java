/** {@code respite call}: one HTTP call under a policy. */
@NullMarked
package dev.respite.cli.call;

import org.jspecify.annotations.NullMarked;
