package dev.respite.lab.substitute.java.util.concurrent;

import java.util.ArrayDeque;

/** {@link java.util.concurrent.ConcurrentLinkedQueue} for one thread, which does not change it while it iterates. */
public class TConcurrentLinkedQueue<E> extends ArrayDeque<E> {

    private static final long serialVersionUID = 1;
}
