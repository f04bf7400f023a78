package dev.respite.spring;

/**
 * The treatment of a retried call that begins inside an active transaction. All its attempts would be part of that one
 * transaction: a failed attempt is not rolled back by itself, and the delays hold the connection. A call that begins a
 * transaction of its own, with the same transaction manager or another, or suspends the active one, is not affected. A call that
 * joins a transaction after its commit or rollback is treated as one inside: Spring never commits what it does.
 */
public enum InsideTransaction {
    /** The call is made; the first such call of each method is logged as a warning. */
    WARN,
    /** The call fails before its first attempt, with an {@code IllegalStateException}. */
    REFUSE
}
