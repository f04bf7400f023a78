package dev.respite.testsupport;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/**
 * The detectors of leaks that Netty makes, one for each kind of resource. They track all buffers, and report those that have been
 * collected without a release. A report has the test class that ran when the buffer was made, and where it was made and used last.
 */
final class NettyDetectors extends ResourceLeakDetectorFactory {

    /** A leaked buffer may keep others until the first collection. */
    private static final int COLLECTIONS = 2;

    private static final int MAX_FRAMES = 3;

    private final List<Detector<Object>> detectors = new CopyOnWriteArrayList<>();
    private final List<String> leaks = new CopyOnWriteArrayList<>();
    private volatile String testClass = "no test class";

    private NettyDetectors() {}

    /** Installs these detectors, unless it has been done: Netty keeps those that it has made. */
    static synchronized NettyDetectors install() {
        if (ResourceLeakDetectorFactory.instance() instanceof NettyDetectors installed) {
            return installed;
        }
        NettyDetectors installed = new NettyDetectors();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(installed);
        return installed;
    }

    /** Buffers that are made from now on belong to a test class. */
    void begin(String testClass) {
        this.testClass = testClass;
    }

    /** Forces a collection, and returns the leaks that have not been returned before. */
    List<String> takeLeaks() {
        for (int i = 0; i < COLLECTIONS && !detectors.isEmpty(); i++) {
            collect();
        }
        detectors.forEach(Detector::poll);
        List<String> taken = List.copyOf(leaks);
        leaks.clear();
        return taken;
    }

    /** Returns when the references to objects that were unreachable before have been enqueued. */
    private static void collect() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> canary = new PhantomReference<>(new Object(), collected);
        System.gc();
        Awaitility.await("the collection without which leaks of Netty are not found")
                .pollInterval(LeakCheck.POLL)
                .until(() -> collected.poll() == canary);
    }

    @Override
    @Deprecated
    @SuppressWarnings("unchecked")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long maxActive) {
        Detector<T> detector = new Detector<>(resource, interval);
        detectors.add((Detector<Object>) detector);
        return detector;
    }

    private final class Detector<T> extends ResourceLeakDetector<T> {

        Detector(Class<T> resource, int interval) {
            super(resource, interval);
        }

        /** Netty reads the queue of collected buffers when it tracks another one. */
        @SuppressWarnings("unchecked")
        void poll() {
            T another = (T) new Object();
            track(another).close(another);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected Object getInitialHint(String resourceType) {
            return "made while " + testClass + " ran";
        }

        /** Keeps the first frames of each access and the frames of our code. */
        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            StringBuilder text =
                    new StringBuilder("a resource of Netty was collected without a release: " + resourceType);
            int frames = 0;
            for (String line : records.lines().toList()) {
                frames = line.startsWith("\t") && line.endsWith(")") ? frames + 1 : 0;
                if (frames <= MAX_FRAMES || line.contains("dev.respite.")) {
                    text.append(line).append('\n');
                }
            }
            leaks.add(text.toString());
        }
    }
}
