from django.db import models


class User(models.Model):
    mail = models.CharField(max_length=200, unique=True)
    born = models.DateField(null=True)


class Order(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    total = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [models.CheckConstraint(check=models.Q(total__gte=0), name="total_is_no_debt")]
