/**
 * The interface between the engine and drivers in other packages. It has the state of calls that outlive the process. It also limits
 * blocking work and propagates contexts. Only modules of Respite may use it. Start with {@link dev.respite.driver.RetryDriver}.
 */
@NullMarked
package dev.respite.driver;

import org.jspecify.annotations.NullMarked;
