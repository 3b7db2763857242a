using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Accounts;

/// <summary>Reads prices of the accounts file.</summary>
internal static class PriceFields
{
    /// <summary>A price; null when there is none, or when a field is wrong, which is noted.</summary>
    public static TokenPrice? Read(JsonFields? fields)
    {
        if (fields is null)
        {
            return null;
        }

        var price = ReadFields(fields);
        fields.Done();
        return price;
    }

    /// <summary>The price of one target; null when a field is wrong, which is noted.</summary>
    public static TargetPrice? ReadTarget(JsonFields fields)
    {
        var (pool, model) = (fields.Checked("pool", fields.Text("pool"), AccountsProblems.OfPool), fields.Text("model"));
        var price = ReadFields(fields);
        fields.Done();
        return pool is null || model is null || price is null ? null : new(pool, model, price);
    }

    private static TokenPrice? ReadFields(JsonFields fields)
    {
        var (input, output) = (fields.Amount("input", AccountsProblems.OfPrice), fields.Amount("output", AccountsProblems.OfPrice));
        var cached = fields.OptionalAmount("cachedInput", AccountsProblems.OfPrice);
        return input is null || output is null ? null : new(input.Value, output.Value, cached);
    }
}
