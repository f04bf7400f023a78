package dev.respite.spring;

import org.springframework.asm.Opcodes;

/** How many slots the instructions without operands take from the stack and put on it. */
final class StackEffects {

    /** An effect is the slots taken, times this, plus the slots put. */
    static final int POP = 10;

    private StackEffects() {}

    static int of(int opcode) {
        return switch (opcode) {
            case Opcodes.LCONST_0, Opcodes.LCONST_1, Opcodes.DCONST_0, Opcodes.DCONST_1, Opcodes.DUP2 -> 2;
            case Opcodes.ACONST_NULL,
                    Opcodes.ICONST_M1,
                    Opcodes.ICONST_0,
                    Opcodes.ICONST_1,
                    Opcodes.ICONST_2,
                    Opcodes.ICONST_3,
                    Opcodes.ICONST_4,
                    Opcodes.ICONST_5,
                    Opcodes.FCONST_0,
                    Opcodes.FCONST_1,
                    Opcodes.FCONST_2,
                    Opcodes.DUP -> 1;
            case Opcodes.POP, Opcodes.MONITORENTER, Opcodes.MONITOREXIT -> 10;
            case Opcodes.INEG,
                    Opcodes.FNEG,
                    Opcodes.I2F,
                    Opcodes.F2I,
                    Opcodes.I2B,
                    Opcodes.I2C,
                    Opcodes.I2S,
                    Opcodes.ARRAYLENGTH -> 11;
            case Opcodes.I2L, Opcodes.I2D, Opcodes.F2L, Opcodes.F2D -> 12;
            case Opcodes.POP2 -> 20;
            case Opcodes.LNEG, Opcodes.DNEG, Opcodes.L2D, Opcodes.D2L, Opcodes.SWAP, Opcodes.LALOAD, Opcodes.DALOAD ->
                22;
            case Opcodes.DUP_X1 -> 23;
            case Opcodes.IASTORE, Opcodes.FASTORE, Opcodes.AASTORE, Opcodes.BASTORE, Opcodes.CASTORE, Opcodes.SASTORE ->
                30;
            case Opcodes.LSHL, Opcodes.LSHR, Opcodes.LUSHR -> 32;
            case Opcodes.DUP_X2 -> 34;
            case Opcodes.DUP2_X1 -> 35;
            case Opcodes.LASTORE, Opcodes.DASTORE -> 40;
            case Opcodes.LCMP, Opcodes.DCMPL, Opcodes.DCMPG -> 41;
            case Opcodes.LADD,
                    Opcodes.LSUB,
                    Opcodes.LMUL,
                    Opcodes.LDIV,
                    Opcodes.LREM,
                    Opcodes.LAND,
                    Opcodes.LOR,
                    Opcodes.LXOR,
                    Opcodes.DADD,
                    Opcodes.DSUB,
                    Opcodes.DMUL,
                    Opcodes.DDIV,
                    Opcodes.DREM -> 42;
            case Opcodes.DUP2_X2 -> 46;
            case Opcodes.NOP,
                    Opcodes.IRETURN,
                    Opcodes.LRETURN,
                    Opcodes.FRETURN,
                    Opcodes.DRETURN,
                    Opcodes.ARETURN,
                    Opcodes.RETURN,
                    Opcodes.ATHROW -> 0;
            // The rest takes two slots and puts one: arithmetic of one slot, loads from arrays, comparisons of floats.
            default -> 21;
        };
    }
}
