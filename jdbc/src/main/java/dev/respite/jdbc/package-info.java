/** Transactions of JDBC that are run again as a whole. Start with {@link dev.respite.jdbc.TransactionRetry}. */
@NullMarked
package dev.respite.jdbc;

import org.jspecify.annotations.NullMarked;
