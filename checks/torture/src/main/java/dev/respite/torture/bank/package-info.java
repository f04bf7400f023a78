/** The bank whose ledger shows how often each transfer took place. */
@NullMarked
package dev.respite.torture.bank;

import org.jspecify.annotations.NullMarked;
