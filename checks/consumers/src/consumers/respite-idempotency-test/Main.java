package consumer;

import dev.respite.idempotency.*;
import dev.respite.idempotency.store.*;
import dev.respite.idempotency.test.IdempotencyStoreContract;
import dev.respite.time.VirtualTime;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Prints: passed */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet idempotency/test/src/main/java/dev/respite/idempotency/test/IdempotencyStoreContract.java
        class InMemoryStoreTest implements IdempotencyStoreContract {

            private final VirtualTime time = new VirtualTime();
            private final IdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);

            public IdempotencyStore store() {
                return store;
            }

            public void advance(Duration passed) {
                time.advance(passed);
            }
        }
        // end
        int passed = 0;
        for (Method test : IdempotencyStoreContract.class.getMethods()) {
            if (test.isAnnotationPresent(Test.class)) {
                test.setAccessible(true);
                test.invoke(new InMemoryStoreTest());
                passed++;
            }
        }
        System.out.println(passed > 10 ? "passed" : "only " + passed + " tests");
    }
}
