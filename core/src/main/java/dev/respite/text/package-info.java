/** The text form of values in policies, messages and reports. For the modules of Respite. */
@NullMarked
package dev.respite.text;

import org.jspecify.annotations.NullMarked;
