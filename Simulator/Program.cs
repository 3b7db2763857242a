namespace FlowGpt.Simulator;

internal static class Program
{
    private static void Main() { }
}
