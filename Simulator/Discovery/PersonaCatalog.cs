namespace FlowGpt.Simulator.Discovery;

/// <summary>The personas there are: those whose ids are publicly known, and enough made-up ones for several pages.</summary>
internal static class PersonaCatalog
{
    public static IReadOnlyList<Persona> All { get; } =
    [
        new("uzNcMUGo4sOwl4GFvRpm8", "GPT-4 Free", "A persona of the simulator."),
        new("vlaOLDN9qTxzIlvzfL_Ty", "ChatGPT 5 Pro", "A persona of the simulator."),
        new("lKm5yPE9x-Naf0_0_KI5M", "AI Superior", "A persona of the simulator."),
        new("claude-instant", "Claude Instant", "A persona of the simulator."),
        .. Enumerable
            .Range(1, 96)
            .Select(number => new Persona($"simulated-persona-{number:000}", $"Simulated persona {number}", "Made up.")
            {
                Nsfw = number % 10 == 0,
            }),
    ];
}
