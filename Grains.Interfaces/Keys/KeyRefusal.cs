namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>Why a key's request may not run.</summary>
[GenerateSerializer]
public enum KeyRefusal
{
    /// <summary>Too many requests in a minute.</summary>
    RequestsPerMinute = 0,

    /// <summary>Too many tokens in a minute.</summary>
    TokensPerMinute = 1,

    /// <summary>Too many requests at one time.</summary>
    Concurrency = 2,

    /// <summary>The day's tokens are used up.</summary>
    DayBudget = 3,

    /// <summary>The month's tokens are used up.</summary>
    MonthBudget = 4,

    /// <summary>What is left of a budget is held by requests in flight, which may give it back.</summary>
    BudgetHeld = 5,

    /// <summary>The prompt alone is larger than a limit.</summary>
    TooLarge = 6,

    /// <summary>It cannot be counted at the moment, so it may not run.</summary>
    Unavailable = 7,

    /// <summary>Requests that came before it wait for tokens that are held by requests in flight, and it may not wait, or there is no place for it.</summary>
    QueueFull = 8,
}
