namespace FlowGpt.Grains.Pools.Choice;

/// <summary>What a <see cref="ChoiceIndex"/> holds of one account.</summary>
internal sealed class AccountPlace
{
    /// <summary>Its place in the order; null when it can serve no request.</summary>
    public ChoiceKey? Key { get; set; }

    /// <summary>When it is looked at although nothing touched it.</summary>
    public DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Whether it changed since it was looked at.</summary>
    public bool IsTouched { get; set; }

    /// <summary>What it adds to the pool's room.</summary>
    public PoolRoom Room { get; set; }
}
