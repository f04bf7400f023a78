package dev.respite;

/** A task that ends something that takes too long. It is nearly always cancelled before it is due. */
interface Timeout extends TimeSource.Task {}
