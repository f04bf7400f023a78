package dev.respite.undeployed;

/**
 * Links the methods of a record. The JDK keeps the classes for which it did so last, in the caches of {@link
 * java.lang.runtime.ObjectMethods}: strongly before JDK 19, softly since then. That is not Respite's to change, and the next
 * record takes their place.
 */
public final class RecordMethods implements Runnable {

    private record Link(Link next, int number) {}

    @Override
    public void run() {
        Link link = new Link(new Link(null, 1), 2);
        if (!link.equals(new Link(new Link(null, 1), 2))
                || link.hashCode() == 0
                || link.toString().isEmpty()) {
            throw new AssertionError("a record that does not equal its copy");
        }
    }
}
