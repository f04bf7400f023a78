package dev.respite.spring;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Follows the operand stack of an instance method to see which calls have {@code this} as their receiver. It knows of each
 * slot only whether {@code this} was loaded into it; the depth at a jump's target is that at the jump.
 */
final class ReceiverTracker extends MethodVisitor {

    /** Receives the calls, and method references, on {@code this}. */
    @FunctionalInterface
    interface Calls {
        void found(String owner, String name, String descriptor);
    }

    private final Calls calls;
    private final BitSet holdsThis = new BitSet();
    private final Map<Label, Integer> depths = new HashMap<>();
    private int depth;

    ReceiverTracker(Calls calls) {
        super(SpringAsmInfo.ASM_VERSION);
        this.calls = calls;
    }

    /** How many slots of the stack are in use. */
    int depth() {
        return depth;
    }

    private void move(int pops, int pushes) {
        depth = Math.max(0, depth - pops);
        holdsThis.clear(depth, Math.max(depth, holdsThis.length()));
        depth += pushes;
    }

    private void jump(Label target) {
        depths.putIfAbsent(target, depth);
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        depths.put(handler, 1);
    }

    @Override
    public void visitLabel(Label label) {
        Integer known = depths.get(label);
        if (known != null) {
            move(Math.max(0, depth - known), Math.max(0, known - depth));
        }
    }

    @Override
    public void visitInsn(int opcode) {
        int effect = StackEffects.of(opcode);
        move(effect / StackEffects.POP, effect % StackEffects.POP);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        if (opcode == Opcodes.NEWARRAY) {
            move(1, 1);
        } else {
            move(0, 1);
        }
    }

    @Override
    public void visitVarInsn(int opcode, int variable) {
        switch (opcode) {
            case Opcodes.ALOAD -> {
                move(0, 1);
                holdsThis.set(depth - 1, variable == 0);
            }
            case Opcodes.ILOAD, Opcodes.FLOAD -> move(0, 1);
            case Opcodes.LLOAD, Opcodes.DLOAD -> move(0, 2);
            case Opcodes.LSTORE, Opcodes.DSTORE -> move(2, 0);
            case Opcodes.RET -> {}
            default -> move(1, 0);
        }
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        move(opcode == Opcodes.NEW ? 0 : 1, 1);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        int size = Type.getType(descriptor).getSize();
        switch (opcode) {
            case Opcodes.GETSTATIC -> move(0, size);
            case Opcodes.PUTSTATIC -> move(size, 0);
            case Opcodes.GETFIELD -> move(1, size);
            default -> move(1 + size, 0);
        }
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        int withReceiver = sizes >> 2;
        boolean isStatic = opcode == Opcodes.INVOKESTATIC;
        if (opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE) {
            report(depth - withReceiver, owner, name, descriptor);
        }
        move(isStatic ? withReceiver - 1 : withReceiver, sizes & 3);
    }

    /** A method reference such as {@code this::charge} captures its receiver as the first argument. */
    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        int sizes = Type.getArgumentsAndReturnSizes(descriptor);
        int captured = (sizes >> 2) - 1;
        for (Object argument : arguments) {
            if (argument instanceof Handle handle && handle.getTag() == Opcodes.H_INVOKEVIRTUAL && captured > 0) {
                report(depth - captured, handle.getOwner(), handle.getName(), handle.getDesc());
            }
        }
        move(captured, sizes & 3);
    }

    private void report(int receiver, String owner, String name, String descriptor) {
        if (receiver >= 0 && holdsThis.get(receiver)) {
            calls.found(owner, name, descriptor);
        }
    }

    @Override
    public void visitJumpInsn(int opcode, Label target) {
        switch (opcode) {
            case Opcodes.GOTO -> {}
            case Opcodes.JSR -> move(0, 1);
            case Opcodes.IFEQ,
                    Opcodes.IFNE,
                    Opcodes.IFLT,
                    Opcodes.IFGE,
                    Opcodes.IFGT,
                    Opcodes.IFLE,
                    Opcodes.IFNULL,
                    Opcodes.IFNONNULL -> move(1, 0);
            default -> move(2, 0);
        }
        jump(target);
    }

    @Override
    public void visitLdcInsn(Object value) {
        boolean isWide = value instanceof Long || value instanceof Double;
        move(0, isWide ? 2 : 1);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label other, Label... labels) {
        move(1, 0);
        jump(other);
        for (Label label : labels) {
            jump(label);
        }
    }

    @Override
    public void visitLookupSwitchInsn(Label other, int[] keys, Label[] labels) {
        visitTableSwitchInsn(0, 0, other, labels);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        move(dimensions, 1);
    }
}
