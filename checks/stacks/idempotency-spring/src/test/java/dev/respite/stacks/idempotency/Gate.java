package dev.respite.stacks.idempotency;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Decides which user may make a request, until the decision is changed. */
@Component("gate")
class Gate {

    private final Set<String> open = ConcurrentHashMap.newKeySet();

    void open(String name) {
        open.add(name);
    }

    public boolean isOpen(String name) {
        return open.contains(name);
    }
}
