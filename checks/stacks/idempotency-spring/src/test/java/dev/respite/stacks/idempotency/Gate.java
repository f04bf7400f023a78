package dev.respite.stacks.idempotency;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Says who may do what, until it says otherwise. */
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
