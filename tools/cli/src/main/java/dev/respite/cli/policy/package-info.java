/** Policies on the command line. */
@NullMarked
package dev.respite.cli.policy;

import org.jspecify.annotations.NullMarked;
