namespace FlowGpt.Grains.Pools.Choice;

/// <summary>An account's place in a strategy's order; the least is chosen.</summary>
/// <param name="Rank">Compared first.</param>
/// <param name="Since">Compared where ranks are equal.</param>
/// <param name="Index">The account's position in configured order, so that no two keys are equal.</param>
internal readonly record struct ChoiceKey(double Rank, long Since, int Index) : IComparable<ChoiceKey>
{
    public int CompareTo(ChoiceKey other)
    {
        var order = Rank.CompareTo(other.Rank);
        order = order != 0 ? order : Since.CompareTo(other.Since);
        return order != 0 ? order : Index.CompareTo(other.Index);
    }
}
