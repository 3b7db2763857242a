namespace FlowGpt.Grains.Pools.Choice;

/// <summary>Makes strategies.</summary>
internal static class ChoiceStrategies
{
    public static IChoiceStrategy Create(ChoiceStrategyKind kind) =>
        kind switch
        {
            ChoiceStrategyKind.RoundRobin => new RoundRobinStrategy(),
            ChoiceStrategyKind.Weighted => new WeightedStrategy(),
            ChoiceStrategyKind.FillFirst => new FillFirstStrategy(),
            _ => new LeastLoadedStrategy(),
        };
}
