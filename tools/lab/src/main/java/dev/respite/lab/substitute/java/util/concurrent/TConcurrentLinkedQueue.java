package dev.respite.lab.substitute.java.util.concurrent;

import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link java.util.concurrent.ConcurrentLinkedQueue} for one thread. Its iterators too see what is added or removed meanwhile. */
public class TConcurrentLinkedQueue<E> extends AbstractQueue<E> {

    /** An element that has been removed keeps its place until iterators have passed it. */
    private static final class Node<E> {
        private @Nullable E element;
        private @Nullable Node<E> next;

        Node(@Nullable E element) {
            this.element = element;
        }
    }

    /** The node before the first. */
    private Node<E> head = new Node<>(null);

    private Node<E> last = head;

    public TConcurrentLinkedQueue() {}

    @Override
    public boolean offer(E element) {
        Node<E> added = new Node<>(Objects.requireNonNull(element));
        last.next = added;
        last = added;
        return true;
    }

    @Override
    public @Nullable E poll() {
        Node<E> first = firstNode();
        if (first == null) {
            return null;
        }
        E element = first.element;
        first.element = null;
        head = first;
        return element;
    }

    @Override
    public @Nullable E peek() {
        Node<E> first = firstNode();
        return first == null ? null : first.element;
    }

    private @Nullable Node<E> firstNode() {
        Node<E> first = following(head);
        if (first == null) {
            head = last;
        }
        return first;
    }

    private @Nullable Node<E> following(Node<E> node) {
        Node<E> next = node.next;
        while (next != null && next.element == null) {
            next = next.next;
        }
        return next;
    }

    @Override
    public boolean isEmpty() {
        return firstNode() == null;
    }

    @Override
    public int size() {
        int size = 0;
        for (Node<E> node = following(head); node != null; node = following(node)) {
            size++;
        }
        return size;
    }

    @Override
    public Iterator<E> iterator() {
        return new Iterator<>() {
            private @Nullable Node<E> next = following(head);

            /** As in the JDK, an element that was there for hasNext is returned, even if it has been removed since. */
            private @Nullable E nextElement = next == null ? null : next.element;

            private @Nullable Node<E> returned;

            @Override
            public boolean hasNext() {
                return nextElement != null;
            }

            @Override
            public E next() {
                E element = nextElement;
                if (element == null || next == null) {
                    throw new NoSuchElementException();
                }
                returned = next;
                next = following(next);
                nextElement = next == null ? null : next.element;
                return element;
            }

            @Override
            public void remove() {
                if (returned == null) {
                    throw new IllegalStateException("next() has not been called since the last removal");
                }
                returned.element = null;
                returned = null;
            }
        };
    }
}
