package dev.respite.lab;

import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.Layer;
import dev.respite.sim.scenario.Fault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls of clients that begin and end during one fault, with the calls that their requests make in other services: the
 * attempts of each layer, and the first call that fails as a tree.
 */
final class FaultCalls {

    private final List<Fault> faults;

    /** The calls by their numbers, each with the call of the client that it belongs to. */
    private final Map<Long, Node> nodes = new LinkedHashMap<>();

    private final List<Node> finished = new ArrayList<>();

    private static final class Node {
        private final Call call;
        private final Fault fault;
        private final List<Node> inner = new ArrayList<>();
        private int attempts;
        private boolean succeeded;

        Node(Call call, Fault fault) {
            this.call = call;
            this.fault = fault;
        }
    }

    FaultCalls(List<Fault> faults) {
        this.faults = faults;
    }

    void started(Call call, long nanos) {
        if (call.layer().isFront()) {
            faults.stream()
                    .filter(fault -> fault.startNanos() <= nanos && nanos < fault.endNanos())
                    .findFirst()
                    .ifPresent(fault -> nodes.put(call.number(), new Node(call, fault)));
            return;
        }
        Node parent = nodes.get(call.parent());
        if (parent != null) {
            Node node = new Node(call, parent.fault);
            parent.inner.add(node);
            nodes.put(call.number(), node);
        }
    }

    void attempted(Call call) {
        Node node = nodes.get(call.number());
        if (node != null) {
            node.attempts++;
        }
    }

    void ended(CallEnded ended) {
        Node node = nodes.remove(ended.call().number());
        if (node != null && node.call.layer().isFront() && ended.nanos() <= node.fault.endNanos()) {
            node.succeeded = ended.reason() == StopReason.ACCEPTED;
            finished.add(node);
        }
    }

    /** Writes the number of calls, those that succeeded, the calls and attempts of each layer, and the tree of one that failed. */
    void write(JsonWriter json) {
        Map<Layer, long[]> layers = new LinkedHashMap<>();
        finished.forEach(node -> add(node, layers));
        List<Node> tree = new ArrayList<>();
        finished.stream().filter(node -> !node.succeeded).findFirst().ifPresent(node -> collect(node, tree));
        json.whole("calls", finished.size())
                .whole(
                        "succeeded",
                        finished.stream().filter(node -> node.succeeded).count())
                .objects(
                        "layers",
                        List.copyOf(layers.entrySet()),
                        (object, layer) -> object.text("caller", layer.getKey().caller())
                                .text("service", layer.getKey().service())
                                .whole("calls", layer.getValue()[0])
                                .whole("attempts", layer.getValue()[1]))
                .objects(
                        "tree",
                        tree,
                        (object, node) -> object.whole("number", node.call.number())
                                .whole("parent", node.call.parent())
                                .text("service", node.call.layer().service())
                                .whole("attempts", node.attempts));
    }

    private static void add(Node node, Map<Layer, long[]> layers) {
        long[] counts = layers.computeIfAbsent(node.call.layer(), layer -> new long[2]);
        counts[0]++;
        counts[1] += node.attempts;
        node.inner.forEach(inner -> add(inner, layers));
    }

    /** Collects a call before the calls of its requests. */
    private static void collect(Node node, List<Node> tree) {
        tree.add(node);
        node.inner.forEach(inner -> collect(inner, tree));
    }
}
