/** {@code respite explain}: the effects of a policy. */
@NullMarked
package dev.respite.cli.explain;

import org.jspecify.annotations.NullMarked;
